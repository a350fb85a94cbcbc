//! What connections cost, and which homes can reach each other.

use super::Checker;
use super::networks::rtt;
use crate::scenario::model::Scenario;
use crate::units::{Bytes, Share, Span};

/// Largest packet there is (RFC 791), and the least that carries anything worth a header.
const MOST_PACKET: Bytes = Bytes(65_535);
const LEAST_PACKET: Bytes = Bytes(100);
/// Largest window there is (RFC 7323).
const MOST_WINDOW: Bytes = Bytes(1 << 30);
/// Loss up to which the law of the path rate is used.
const MOST_LOSS: u32 = 100_000;
/// Acknowledgements of half of what arrives are absurd.
const MOST_ACKS: u32 = 500_000;

pub(super) fn check(scenario: &Scenario, c: &mut Checker<'_>) {
    let tcp = &scenario.network.tcp;
    if tcp.mss < LEAST_PACKET || tcp.mss > MOST_PACKET {
        let message = format!("no network carries packets of {}", tcp.mss);
        let label = format!("{LEAST_PACKET} to {MOST_PACKET}");
        c.error("S0211", "network.tcp.mss", message, label);
    }
    c.count("network.tcp.initial_window", u64::from(tcp.initial_window), 0, 1_000);
    c.span("network.tcp.restart", tcp.restart, Span::DAY);
    if let Some(most) = tcp.window {
        window("network.tcp.window", most, c);
    }
    share("network.tcp.loss", tcp.loss, MOST_LOSS, "the law of the path rate holds", c);
    c.number("network.tcp.rtt_fairness", tcp.rtt_fairness, 0.0, 2.0);
    c.count("network.tcp.set_up", u64::from(tcp.set_up), 0, 10);
    c.span("network.tcp.keep_alive", tcp.keep_alive, Span::DAY);
    if let Some(most) = tcp.connections {
        c.count("network.tcp.connections", u64::from(most), 1, 1_000);
    }
    share("network.tcp.ack_share", tcp.ack_share, MOST_ACKS, "acknowledgements can be", c);
    if tcp.ack_floor.ppm() == 0 {
        let message = "a home whose uplink is full would never receive a byte";
        c.error("S0211", "network.tcp.ack_floor", message, "above 0");
    }
    rtt("network.tcp.uplink_queue", tcp.uplink_queue, c);
    for (at, isp) in scenario.isp.iter().enumerate() {
        if let Some(nat) = &isp.nat {
            let what = format!("the kinds of NAT of `{}`", isp.name);
            c.whole(&format!("isp.{at}.nat"), &what, nat.shares().into_iter());
        }
    }
}

/// That a window holds a packet and is believable.
pub(super) fn window(path: &str, window: Bytes, c: &mut Checker<'_>) {
    if window < LEAST_PACKET || window > MOST_WINDOW {
        let message = format!("a window of {window} makes no sense");
        c.error("S0211", path, message, format!("{LEAST_PACKET} to {MOST_WINDOW}"));
    }
}

fn share(path: &str, share: Share, most: u32, what: &str, c: &mut Checker<'_>) {
    if share.ppm() > most {
        let message = format!("{share} is more than {what}");
        let label = format!("at most {}", Share::from_ppm(most));
        c.error("S0211", path, message, label);
    }
}
