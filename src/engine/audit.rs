//! The books of a run, closed at its end: bytes conserved at every node and link, no link above its
//! capacity, every transfer ended exactly once, every viewing accounted for.

use super::sharing::{Discipline, LinkId, Sharing};
use super::transfers::Transfers;
use crate::units::{Bytes, Time};
use crate::world::World;

/// What was counted apart from the flows, and what did not agree with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// Events handled.
    pub events: u64,
    /// Transfers begun.
    pub transfers: u64,
    /// Transfers whose bytes all arrived.
    pub arrived: u64,
    /// Those of them that a peer sent.
    pub arrived_from_peers: u64,
    /// Time from asking to arrival, over all that arrived, in ns.
    pub arrived_after: u128,
    /// Viewings begun.
    pub viewings_begun: u64,
    /// Viewings ended.
    pub viewings_ended: u64,
    /// What did not agree; empty when all is well.
    pub faults: Vec<String>,
    received: Vec<u64>,
    sent: Vec<u64>,
}

impl Audit {
    /// Notes the bytes of an ended transfer at both its ends.
    pub(super) fn moved(&mut self, home: u32, from: Option<u32>, got: Bytes) {
        note(&mut self.received, home, got);
        if let Some(from) = from {
            note(&mut self.sent, from, got);
        }
    }

    /// Compares the books.
    pub(super) fn close(
        &mut self,
        world: &World,
        sharing: &Sharing,
        transfers: &Transfers,
        now: Time,
    ) {
        if let Err(fault) = sharing.check() {
            self.faults.push(fault);
        }
        let ended: u64 = transfers.ended.iter().sum();
        if transfers.begun != ended || transfers.alive().next().is_some() {
            self.faults.push(format!("{} transfers begun, {ended} ended", transfers.begun));
        }
        if self.viewings_begun != self.viewings_ended {
            let (begun, over) = (self.viewings_begun, self.viewings_ended);
            self.faults.push(format!("{begun} viewings begun, {over} ended"));
        }
        for home in 0..world.homes.len() {
            let at = |column: &[u64]| column.get(home).copied().unwrap_or(0);
            let (sent, received) = (at(&self.sent), at(&self.received));
            let up = transfers.bytes_over(LinkId(2 * home as u32));
            let down = transfers.bytes_over(LinkId(2 * home as u32 + 1));
            if (sent, received) != (up, down) {
                self.faults.push(format!(
                    "home {home}: sent {sent} and received {received} bytes, but {up} and {down} \
                     crossed its line"
                ));
            }
            let most = |rate: crate::units::BitRate| rate.bytes_in(now.since(Time::ZERO)).0;
            let fastest = world.homes.down[home].max(world.homes.down_evening[home]);
            let shares = sharing.discipline() != Discipline::Fifo;
            if up > most(world.homes.up[home]) || shares && down > most(fastest) {
                self.faults.push(format!("home {home}: more bytes than its line can carry"));
            }
        }
        let (sent, received): (u64, u64) = (self.sent.iter().sum(), self.received.iter().sum());
        let served: u64 = (2 * world.homes.len() as u32..sharing.links() as u32)
            .skip(sharing.links() - 2 * world.homes.len() - world.topology.isps.len() - 2)
            .map(|link| transfers.bytes_over(LinkId(link)))
            .sum();
        if sent + served != received {
            self.faults.push(format!(
                "{received} bytes received, but peers sent {sent} and servers {served}"
            ));
        }
        self.faults.truncate(10);
    }
}

fn note(column: &mut Vec<u64>, home: u32, bytes: Bytes) {
    let at = home as usize;
    if column.len() <= at {
        column.resize(at + 1, 0);
    }
    column[at] += bytes.0;
}

#[cfg(test)]
mod tests;
