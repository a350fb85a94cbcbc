//! When a segment is fetched, and from whom. A file per policy, named as its product names it.

mod cdn_only;
mod hybrid;
mod oracle;
mod params;

pub use params::{CdnOnly, Hybrid, Oracle, Scheduler};

use super::viewing::{Desk, Viewing};

/// Errors in a row after which a neighbour is left (p2p-media-loader 2.3).
pub(super) const RETRIES: u32 = 3;

/// Starts and ends transfers as the scheduler of this device wants.
pub(super) fn decide(viewing: &mut Viewing, desk: &mut Desk<'_>) {
    match &desk.config.scheduler {
        Scheduler::CdnOnly(own) => cdn_only::decide(own, viewing, desk),
        Scheduler::Hybrid(own) => hybrid::decide(own, viewing, desk),
        Scheduler::Oracle(own) => oracle::decide(own, viewing, desk),
    }
}
