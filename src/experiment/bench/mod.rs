//! What the machine needs for what the simulator does: reference workloads that anyone can write
//! again, and a whole evening.
//!
//! `W1` is the event queue alone, `W2` a swarm over shared links with the simplest policy, `W3` the
//! orders of eviction; `decision` calls the peer core alone; `docs/benches.md` defines them. What is counted depends on the workload and
//! its seed alone; CPU time is read through a clock that the caller gives.

pub mod decision;
pub mod evening;
pub mod hold;
pub mod replay;
pub mod swarm;

use serde::Serialize;

/// Reads the CPU time used so far, in ns.
pub type Cpu<'c> = &'c dyn Fn() -> u64;

/// One line of results. What does not apply is `None`.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// `w1`, `w2`, `w3`, `decision` or `evening`.
    pub bench: &'static str,
    /// Pending events, viewers, objects or homes.
    pub n: u32,
    /// How links are shared.
    pub sharing: Option<&'static str>,
    /// Transfers completed.
    pub transfers: Option<u64>,
    /// Those of them that came from peers.
    pub from_peers: Option<u64>,
    /// Mean time of a transfer, in s.
    pub mean_transfer_s: Option<f64>,
    /// CPU time per unit in ns: hold, transfer, request or call.
    pub cpu_ns_per_unit: f64,
    /// Bytes of memory per viewer or home.
    pub bytes_per_peer: Option<u64>,
    /// What only this workload knows.
    #[serde(flatten)]
    pub more: More,
}

/// What only one workload knows.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum More {
    /// Of the event queue alone.
    Hold(hold::HoldResult),
    /// Of a swarm.
    Swarm(swarm::SwarmResult),
    /// Of a cache replay.
    Replay(replay::Outcome),
    /// Of decisions.
    Decision(decision::Decisions),
    /// Of an evening.
    Evening(evening::Evening),
}

/// 64 well mixed bits from 64: one step of SplitMix64.
pub const fn mix(x: u64) -> u64 {
    let z = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number in (0, 1) from the upper 53 bits.
pub const fn unit(x: u64) -> f64 {
    ((x >> 11) as f64 + 0.5) / (1u64 << 53) as f64
}
