//! Whom a device serves: the rule that gives upload slots away, and all that a home may refuse for.
//! A file per rule.

use alloc::vec::Vec;

mod askers;
mod choking;
mod first_come;
mod urgency;

pub use askers::Askers;
pub use choking::Choking;
pub use first_come::FirstCome;
pub use urgency::Urgency;

use super::scheduler::named::choices;
use super::{Config, Giving, PeerId, Refusal, Slot, Wanted};
use crate::units::{BitRate, Span, Time};

choices! {
    /// Who gets an upload slot.
    pub enum UploadChoice ("a rule for uploads") {
        FirstCome(FirstCome) = "first-come", "who asks first, as long as slots are free";
        Choking(Choking) = "choking", "decided in rounds: who gave most, then who waited longest";
        Urgency(Urgency) = "urgency", "who needs it sooner takes the slot of who needs it later";
    }
}

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
}

/// Who has to make way for an upload: the transfer of a peer by its name there.
pub(super) type Displaced = Option<(PeerId, Slot)>;

/// Decides on a request. What is sent has to stay, and `has_room` says whether it can.
///
/// # Errors
/// The first reason that holds: what never changes, standby, own playback, absent, slots as the rule
/// gives them away, storage, uplink, budget.
pub(super) fn admit(
    (config, rule): (&Config, &UploadChoice),
    giving: &Giving,
    own: Own,
    wanted: &Wanted,
    askers: &mut Askers,
    has_room: impl FnOnce() -> bool,
) -> Result<Displaced, Refusal> {
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
    let slots = (config.upload_slots, own.uploading);
    let displaced = match rule {
        UploadChoice::FirstCome(own) => own.place(slots)?,
        UploadChoice::Choking(own) => own.place(slots, wanted, askers)?,
        UploadChoice::Urgency(own) => own.place(slots, wanted, askers)?,
    };
    if !has_room() {
        return Err(Refusal::Storage);
    }
    if giving.rate < config.upload_least {
        return Err(Refusal::UplinkFull);
    }
    if giving.left < wanted.bytes {
        return Err(Refusal::Budget);
    }
    askers.begins(wanted, displaced);
    Ok(displaced)
}

impl UploadChoice {
    /// An empty book of who asks, for the rule to write in.
    pub const fn book(&self) -> Askers {
        match self {
            Self::FirstCome(_) => Askers::Unknown,
            Self::Choking(_) => Askers::Choked(choking::Queue::NEW),
            Self::Urgency(_) => Askers::Urgent(urgency::Running::NEW),
        }
    }

    /// Time between two rounds of decisions; `None` for a rule that decides when it is asked.
    pub const fn round(&self) -> Option<Span> {
        match self {
            Self::Choking(own) => Some(own.round),
            _ => None,
        }
    }

    /// A round of decisions: appends who is unchoked (true) or choked now and was not before. `gave`
    /// tells what somebody has sent us of late.
    pub(super) fn decide(
        &self,
        slots: u32,
        now: Time,
        askers: &mut Askers,
        gave: &dyn Fn(PeerId) -> BitRate,
        out: &mut Vec<(PeerId, bool)>,
    ) {
        if let (Self::Choking(own), Askers::Choked(queue)) = (self, askers) {
            own.decide(slots, now, queue, gave, out);
        }
    }
}

#[cfg(test)]
mod tests;
