//! The segments that may be asked for next, with who has them: a bit each.

use crate::peer::viewing::{Desk, Viewing};

/// Up to [`Self::WIDTH`] segments from the first that is missing.
#[derive(Clone, Debug)]
pub(in crate::peer::scheduler) struct Field {
    first: u16,
    /// Neither held nor under way.
    wanted: u128,
    /// Announced by a neighbour that is free.
    offered: u128,
    /// How many neighbours have announced each, free or not.
    holders: [u8; Self::WIDTH],
}

impl Field {
    /// Segments looked at.
    pub(in crate::peer::scheduler) const WIDTH: usize = 128;

    /// From `from` up to `to`, or as wide as it gets.
    pub(in crate::peer::scheduler) fn look(
        viewing: &Viewing,
        desk: &Desk<'_>,
        from: u16,
        to: u16,
    ) -> Self {
        let first = desk.held.next_gap(from);
        let end = to.min(first.saturating_add(Self::WIDTH as u16)).max(first);
        let mut field =
            Self { first, wanted: bits(0, end - first), offered: 0, holders: [0; Self::WIDTH] };
        for (from, to) in desk.held.ranges() {
            field.wanted &= !field.run(from, to, end);
        }
        for request in viewing.requests.all() {
            if viewing.requests.covers(request.segment) {
                field.wanted &= !field.run(request.segment, request.segment + 1, end);
            }
        }
        for neighbour in viewing.neighbours.iter() {
            for &(from, to) in neighbour.told.loaded() {
                let run = field.run(from, to, end);
                if neighbour.free() {
                    field.offered |= run;
                }
                let mut left = run & field.wanted;
                while left != 0 {
                    let at = left.trailing_zeros() as usize;
                    field.holders[at] = field.holders[at].saturating_add(1);
                    left &= left - 1;
                }
            }
        }
        field
    }

    /// What a table says, from its first place.
    pub(super) const fn of(wanted: u128, offered: u128, holders: [u8; Self::WIDTH]) -> Self {
        Self { first: 0, wanted, offered, holders }
    }

    /// Those of `from..to` that lie in the field.
    fn run(&self, from: u16, to: u16, end: u16) -> u128 {
        let (from, to) = (from.clamp(self.first, end), to.clamp(self.first, end));
        bits(from - self.first, to - self.first)
    }

    /// What a free neighbour can send.
    pub(in crate::peer::scheduler) const fn offered(&self) -> u128 {
        self.wanted & self.offered
    }

    /// What is missing, whoever has it.
    pub(in crate::peer::scheduler) const fn wanted(&self) -> u128 {
        self.wanted
    }

    /// The earliest of `able`.
    pub(super) const fn earliest(&self, able: u128) -> Option<u16> {
        if able == 0 { None } else { Some(self.first + able.trailing_zeros() as u16) }
    }

    /// Those of `able` before `segment`.
    pub(super) fn before(&self, able: u128, segment: u16) -> u128 {
        let count = segment.saturating_sub(self.first).min(Self::WIDTH as u16);
        able & bits(0, count)
    }

    /// Those of `able` that fewest neighbours have.
    pub(super) fn rarest(&self, able: u128) -> u128 {
        let (mut least, mut rarest) = (u8::MAX, 0);
        let mut left = able;
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            let holders = self.holders[at];
            if holders < least {
                (least, rarest) = (holders, 0);
            }
            if holders == least {
                rarest |= 1 << at;
            }
            left &= left - 1;
        }
        rarest
    }

    /// The one of `able` with so many before it.
    pub(super) fn nth(&self, able: u128, count: u32) -> Option<u16> {
        let mut left = able;
        for _ in 0..count {
            left &= left.wrapping_sub(1);
        }
        self.earliest(left)
    }
}

/// Ones from one bit up to another, which is not among them; at most 128.
const fn bits(from: u16, to: u16) -> u128 {
    const fn below(count: u16) -> u128 {
        if count >= 128 { u128::MAX } else { (1 << count) - 1 }
    }
    below(to) & !below(from)
}
