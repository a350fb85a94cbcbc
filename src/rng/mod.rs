//! Chance by address: every draw is a function of seed, replication, what it is for, who asks and
//! which of its draws it is. A policy can never shift the draw of anything else.

mod philox;
mod samplers;

use crate::units::Share;

pub use samplers::{Lognormal, Table, Weibull, quantile};

/// What a draw is for. The number is part of the address: new ones go at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Site {
    /// A home's provider, place, device and line.
    Home = 1,
    /// A title's running time, release and rank.
    Title = 2,
    /// Sizes of a title's segments.
    Size = 3,
    /// When a home is occupied.
    Presence = 4,
    /// When a home's box is on.
    Power = 5,
    /// When a home starts to watch.
    Start = 6,
    /// What a viewing shows, for how long, and the viewer's patience.
    Viewing = 7,
    /// Which peers the directory names.
    Directory = 8,
    /// Whether an introduction becomes a connection, and how long it lives.
    Link = 9,
    /// What a peer's policy decides by chance.
    Policy = 10,
    /// Validation experiments.
    Experiment = 11,
    /// What stands between a home and the network.
    Nat = 12,
    /// Whether a home's device runs on battery.
    Battery = 13,
    /// Whether a home can send to others at all.
    Able = 14,
    /// Which neighbours a peer names to another.
    Exchange = 15,
    /// How fast a home sends and receives over any path.
    PathEnd = 16,
    /// How fast one home sends to another.
    PathPair = 17,
    /// How fast one transfer is.
    PathTransfer = 18,
    /// When a channel's segments end.
    Channel = 19,
    /// Whether a viewing turns to a channel, and to which.
    Live = 20,
    /// What comes after a viewing in a list, and whether the viewer goes on to it.
    Sequence = 21,
    /// What a viewer does while watching.
    Action = 22,
    /// Whether a start is a zap.
    Zap = 23,
    /// Whether all that a home sends is corrupt.
    Pollution = 24,
    /// Whether a transfer is.
    Corruption = 25,
    /// Which replications a bootstrap draws.
    Bootstrap = 26,
}

/// The dice of one replication.
#[derive(Clone, Copy, Debug)]
pub struct Draw {
    key: [u32; 2],
}

/// The endless row of random numbers at one address.
#[derive(Clone, Debug)]
pub struct Roll {
    key: [u32; 2],
    counter: [u32; 4],
    buffer: [u32; 4],
    used: usize,
}

impl Draw {
    /// The dice of replication `replication` under `seed`.
    pub const fn new(seed: u64, replication: u32) -> Self {
        // The replication passes through the generator once, so that seed 1 replication 2 and
        // seed 2 replication 1 share nothing.
        let mixed = philox::block(
            [replication, 0x6f66_6670, 0x6561_6b31, 0],
            [seed as u32, (seed >> 32) as u32],
        );
        Self { key: [mixed[0], mixed[1]] }
    }

    /// The numbers for draw `index` of `entity` at `site`.
    pub const fn at(&self, site: Site, entity: u32, index: u32) -> Roll {
        Roll { key: self.key, counter: [0, index, entity, site as u32], buffer: [0; 4], used: 4 }
    }
}

impl Roll {
    /// 32 random bits.
    pub const fn u32(&mut self) -> u32 {
        if self.used == 4 {
            self.buffer = philox::block(self.counter, self.key);
            self.counter[0] += 1;
            self.used = 0;
        }
        let value = self.buffer[self.used];
        self.used += 1;
        value
    }

    /// 64 random bits.
    pub const fn u64(&mut self) -> u64 {
        let high = self.u32() as u64;
        high << 32 | self.u32() as u64
    }

    /// Uniform in [0, 1) with 53 bits.
    pub const fn unit(&mut self) -> f64 {
        (self.u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Uniform in 0..`bound`, without bias; 0 for bound 0.
    pub const fn below(&mut self, bound: u32) -> u32 {
        if bound == 0 {
            return 0;
        }
        // Multiply and reject the few low products that would favour some values
        // (Lemire, "Fast random integer generation in an interval", 2019).
        let mut product = self.u32() as u64 * bound as u64;
        if (product as u32) < bound {
            let threshold = bound.wrapping_neg() % bound;
            while (product as u32) < threshold {
                product = self.u32() as u64 * bound as u64;
            }
        }
        (product >> 32) as u32
    }

    /// True with probability `share`.
    pub const fn chance(&mut self, share: Share) -> bool {
        self.below(1_000_000) < share.ppm()
    }
}
