//! Whether a neighbour's request is served. Every refusal has its reason.

use super::{Config, Giving, Refusal};
use crate::units::Bytes;

/// What the device itself says to a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own {
    /// Uploads under way.
    pub(super) uploading: u32,
    /// Whether the segment is held.
    pub(super) held: bool,
    /// Whether somebody watches.
    pub(super) watched: bool,
    /// Whether its own picture may stop, in a client that then sends nothing.
    pub(super) in_need: bool,
    /// What is asked for.
    pub(super) bytes: Bytes,
}

/// Decides on a request. What is sent has to stay, and `has_room` says whether it can.
///
/// # Errors
/// The first reason that holds: what never changes, standby, own playback, absent, slots, storage,
/// uplink, budget.
pub(super) fn admit(
    config: &Config,
    giving: &Giving,
    own: Own,
    has_room: impl FnOnce() -> bool,
) -> Result<(), Refusal> {
    if let Some(why) = giving.never {
        return Err(why);
    }
    if !own.watched && !config.upload_in_standby {
        return Err(Refusal::Standby);
    }
    if own.in_need {
        return Err(Refusal::OwnPlayback);
    }
    if !own.held {
        return Err(Refusal::Absent);
    }
    if own.uploading >= config.upload_slots {
        return Err(Refusal::Busy);
    }
    if !has_room() {
        return Err(Refusal::Storage);
    }
    if giving.rate < config.upload_least {
        return Err(Refusal::UplinkFull);
    }
    if giving.left < own.bytes {
        return Err(Refusal::Budget);
    }
    Ok(())
}
