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
    holders: Counts,
}

/// A number from 0 to 255 for each segment of a field, bit by bit: one word has the lowest bits of
/// all, the next those above, so that one is added to many at once.
#[derive(Clone, Debug, Default)]
struct Counts([u128; 8]);

impl Counts {
    fn of(numbers: &[u8; Field::WIDTH]) -> Self {
        let mut words = [0; 8];
        for (at, number) in numbers.iter().enumerate() {
            for (bit, word) in words.iter_mut().enumerate() {
                *word |= u128::from(number >> bit & 1) << at;
            }
        }
        Self(words)
    }

    /// Adds one to each of `these`; there is no more than the most.
    fn add(&mut self, these: u128) {
        let mut carry = these;
        for word in &mut self.0 {
            (*word, carry) = (*word ^ carry, *word & carry);
            if carry == 0 {
                return;
            }
        }
        self.0.iter_mut().for_each(|word| *word |= carry);
    }

    /// Those of `able` that have the least number.
    fn least(&self, able: u128) -> u128 {
        self.0.iter().rev().fold(able, |able, word| match able & !word {
            0 => able,
            less => less,
        })
    }
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
            Self { first, wanted: bits(0, end - first), offered: 0, holders: Counts::default() };
        for (from, to) in desk.held.ranges() {
            field.wanted &= !field.run(from, to, end);
        }
        for request in viewing.requests.all() {
            if viewing.requests.covers(request.segment) {
                field.wanted &= !field.run(request.segment, request.segment + 1, end);
            }
        }
        for neighbour in viewing.neighbours.iter() {
            let runs = neighbour.told.loaded().iter();
            let has = runs.fold(0, |has, &(from, to)| has | field.run(from, to, end));
            if neighbour.free() {
                field.offered |= has;
            }
            field.holders.add(has & field.wanted);
        }
        field
    }

    /// What a table says, from its first place.
    pub(super) fn of(wanted: u128, offered: u128, holders: &[u8; Self::WIDTH]) -> Self {
        Self { first: 0, wanted, offered, holders: Counts::of(holders) }
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
        self.holders.least(able)
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Numbers kept bit by bit against numbers, past the most that there can be.
        #[test]
        fn counts_are_numbers(
            begin in prop::collection::vec(any::<u8>(), Field::WIDTH),
            adds in prop::collection::vec(any::<u128>(), 0..300),
            able in any::<u128>(),
        ) {
            let mut numbers: [u8; Field::WIDTH] = begin.try_into().unwrap();
            let mut counts = Counts::of(&numbers);
            for these in adds {
                counts.add(these);
                for (at, number) in numbers.iter_mut().enumerate() {
                    *number = number.saturating_add((these >> at & 1) as u8);
                }
            }
            let among = (0..Field::WIDTH).filter(|at| able >> at & 1 == 1);
            let least = among.clone().map(|at| numbers[at]).min();
            let expected = among.filter(|at| Some(numbers[*at]) == least).fold(0, |set, at| set | 1 << at);
            prop_assert_eq!(counts.least(able), expected);
        }
    }
}
