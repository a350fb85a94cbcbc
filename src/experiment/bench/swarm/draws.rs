//! Chance in the swarm: hashes of what a draw is for, and the laws made of them.

use crate::experiment::bench::{mix, unit};
use crate::units::BitRate;

/// Draws by address, as the workload defines them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draws {
    pub(super) seed: u64,
}

impl Draws {
    pub(super) const fn h(self, what: u64, who: u32, index: u32) -> u64 {
        mix(mix(mix(self.seed.wrapping_add(what)) ^ who as u64) ^ index as u64)
    }
}

pub(super) const fn below(x: u64, bound: u32) -> u32 {
    (((x >> 32) * bound as u64) >> 32) as u32
}

/// Exponential with this mean in seconds; whole nanoseconds, at least one.
pub(super) fn expo(x: u64, mean: f64) -> u64 {
    (-mean * libm::log(unit(x)) * 1e9) as u64 + 1
}

/// Down and up of a line.
pub(super) fn line(u: f64) -> (BitRate, BitRate) {
    let (down, up) = match u {
        u if u < 0.20 => (16_000_000, 1_500_000),
        u if u < 0.55 => (50_000_000, 10_000_000),
        u if u < 0.85 => (150_000_000, 20_000_000),
        _ => (500_000_000, 250_000_000),
    };
    (BitRate(down), BitRate(up))
}
