//! Which pairs of homes can reach each other.
//!
//! Classes by how a router maps and filters (RFC 4787): both ends learn their outer addresses from a
//! server and send to each other at once (RFC 5128, section 3.3). That works when one of the two can
//! tell beforehand from where the other's packets will come, as far as its own filter asks.

use crate::rng::{Draw, Site};
use crate::scenario::model::{Isp, Nat};

/// What stands between a home and the network. The order is that of [`Nat::shares`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Open,
    FullCone,
    Restricted,
    PortRestricted,
    Symmetric,
    Blocked,
}

impl Class {
    const ALL: [Self; 6] = [
        Self::Open,
        Self::FullCone,
        Self::Restricted,
        Self::PortRestricted,
        Self::Symmetric,
        Self::Blocked,
    ];

    /// Whether packets pass both ways after both have sent.
    const fn reaches(self, other: Self) -> bool {
        match (self, other) {
            (Self::Blocked, _) | (_, Self::Blocked) => false,
            // The port of a symmetric one is unknown to whoever has to name it.
            (Self::Symmetric, Self::Symmetric | Self::PortRestricted)
            | (Self::PortRestricted, Self::Symmetric) => false,
            _ => true,
        }
    }
}

/// The kinds of NAT of each provider; `None` where every home is open.
#[derive(Debug)]
pub(in crate::engine) struct Nats(Vec<Option<Nat>>);

impl Nats {
    pub(in crate::engine) fn new(isps: &[Isp]) -> Self {
        Self(isps.iter().map(|isp| isp.nat).collect())
    }

    /// The class of a home of `isp`, drawn by its address.
    fn class(&self, draw: &Draw, home: u32, isp: u8) -> Class {
        let Some(nat) = &self.0[usize::from(isp)] else {
            return Class::Open;
        };
        let shares = nat.shares().map(|share| share.ppm());
        let mut left = draw.at(Site::Nat, home, 0).below(shares.iter().sum());
        for (class, share) in Class::ALL.into_iter().zip(shares) {
            if left < share {
                return class;
            }
            left -= share;
        }
        Class::Open
    }

    /// Whether two homes, each with its provider, can ever connect.
    pub(in crate::engine) fn reach(&self, draw: &Draw, a: (u32, u8), b: (u32, u8)) -> bool {
        self.class(draw, a.0, a.1).reaches(self.class(draw, b.0, b.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Share;

    /// A router with its home, packet by packet. An address is who, a port is where.
    struct Router {
        class: Class,
        /// Destination each outer port was opened for. Port 0 was opened towards the server.
        ports: Vec<Option<(usize, usize)>>,
        /// Destinations sent to.
        sent: Vec<(usize, usize)>,
        /// Where the other is believed to be.
        other: (usize, usize),
        heard: bool,
    }

    impl Router {
        fn new(class: Class, other: usize) -> Self {
            Self { class, ports: vec![None], sent: vec![], other: (other, 0), heard: false }
        }

        /// The port from which a packet to the other leaves.
        fn send(&mut self) -> Option<usize> {
            if self.class == Class::Blocked {
                return None;
            }
            self.sent.push(self.other);
            if self.class != Class::Symmetric {
                return Some(0);
            }
            let known = self.ports.iter().position(|port| *port == Some(self.other));
            Some(known.unwrap_or_else(|| {
                self.ports.push(Some(self.other));
                self.ports.len() - 1
            }))
        }

        fn receive(&mut self, from: (usize, usize), port: usize) {
            let passes = match self.class {
                Class::Open | Class::FullCone => true,
                Class::Restricted => self.sent.iter().any(|to| to.0 == from.0),
                Class::PortRestricted => self.sent.contains(&from),
                Class::Symmetric => self.ports.get(port) == Some(&Some(from)),
                Class::Blocked => false,
            };
            if passes {
                (self.heard, self.other) = (true, from);
            }
        }
    }

    #[test]
    fn the_table_agrees_with_packets() {
        for a in Class::ALL {
            for b in Class::ALL {
                let mut ends = [Router::new(a, 1), Router::new(b, 0)];
                for _ in 0..4 {
                    for who in [0, 1] {
                        let to = ends[who].other;
                        if let Some(port) = ends[who].send() {
                            ends[to.0].receive((who, port), to.1);
                        }
                    }
                }
                let heard = ends[0].heard && ends[1].heard;
                assert_eq!(a.reaches(b), heard, "{a:?} and {b:?}");
                assert_eq!(a.reaches(b), b.reaches(a), "{a:?} and {b:?}");
            }
        }
    }

    #[test]
    fn pairs_succeed_as_often_as_their_shares_say() {
        let share = Share::from_ppm;
        let nat = Nat {
            open: share(100_000),
            full_cone: share(150_000),
            restricted: share(50_000),
            port_restricted: share(450_000),
            symmetric: share(200_000),
            blocked: share(50_000),
        };
        let nats = Nats(vec![Some(nat), None]);
        let draw = Draw::new(11, 0);
        let both = |isp: u8| {
            let pairs =
                (0..20_000u32).filter(|at| nats.reach(&draw, (2 * at, 0), (2 * at + 1, isp)));
            pairs.count() as f64 / 20_000.0
        };
        // Nobody blocked, then not two symmetric ones, nor one with a port-restricted one.
        let expected = 0.95 * 0.95 - 0.2 * 0.2 - 2.0 * 0.2 * 0.45;
        assert!((both(0) - expected).abs() < 0.01, "{} for {expected}", both(0));
        assert!((both(1) - 0.95).abs() < 0.006, "{} for 0.95", both(1));
        let open = Nats(vec![None]);
        assert!((0..500).all(|a| open.reach(&draw, (a, 0), (a + 1, 0))));
    }
}
