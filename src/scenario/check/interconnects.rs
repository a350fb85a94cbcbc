//! A provider's ways into other networks.

use super::laws::curve;
use super::networks::duplex;
use super::{Checker, prices};
use crate::scenario::model::{Background, Business, Duplex, Interconnect, Isp, Way};
use crate::units::{BitRate, Per};

/// What crosses a way besides may be so many times what is said, at some hour.
const MOST_TIMES: f64 = 100.0;

pub(super) fn check(path: &str, isp: &Isp, c: &mut Checker<'_>) {
    for (way, link) in Way::ALL.into_iter().zip(isp.ways()) {
        if let Some(link) = link {
            one(&format!("{path}.{}", way.name()), link, c);
        }
    }
    let path = format!("{path}.to_peers");
    if let Some(link) = &isp.to_peers {
        if isp.peers.is_empty() {
            let message = format!("`{}` has a way to peers, but names none", isp.name);
            c.warn("S0408", &path, message, "needs `peers`, here or where others name it");
        }
        if link.class == Business::PaidPeering {
            let message = "the service does not pay for what homes exchange";
            let label = "`settlement-free` or `transit`";
            c.error("S0221", &format!("{path}.class"), message, label);
        }
    }
}

fn one(path: &str, link: &Interconnect, c: &mut Checker<'_>) {
    duplex(path, Duplex { down: link.down, up: link.up }, c);
    if let Some(price) = link.price {
        let path = format!("{path}.price");
        prices::fits(&path, price, Per::Megabit, c);
        if link.class == Business::SettlementFree {
            let message = "nobody pays for what is settlement-free";
            c.error("S0221", &path, message, "take it out, or say another `class`");
        }
    }
    if let Some(Background { down, up, day }) = &link.background {
        let path = format!("{path}.background");
        curve(&format!("{path}.day"), day, MOST_TIMES, c);
        for (way, rate, capacity) in [("down", *down, link.down), ("up", *up, link.up)] {
            let most = BitRate(capacity.0.saturating_mul(MOST_TIMES as u64));
            super::laws::rate(&format!("{path}.{way}"), rate, most, c);
        }
    }
}
