//! Whether a neighbour's request is served. Every refusal has its reason.

use super::{Config, Refusal, Uploads};

/// Decides on a request while `uploading` uploads are under way; what is sent has to stay, and
/// `has_room` says whether it can.
///
/// # Errors
/// The first reason that holds, in the order: not permitted, absent, busy.
pub(super) fn admit(
    config: &Config,
    uploads: Uploads,
    uploading: u32,
    held: bool,
    has_room: impl FnOnce() -> bool,
) -> Result<(), Refusal> {
    if uploads == Uploads::NotPermitted {
        return Err(Refusal::NotPermitted);
    }
    if !held {
        return Err(Refusal::Absent);
    }
    if uploading >= config.upload_slots || !has_room() {
        return Err(Refusal::Busy);
    }
    Ok(())
}
