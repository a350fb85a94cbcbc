//! A link with few flows: its capacity, its level and who crosses it, in one cache line.

use super::MilliRate;

/// Flows that fit into the record.
const ROOM: usize = 10;

const QUEUED: u32 = 1;
const CROWDED: u32 = 2;

/// The level of a link that holds nobody back.
pub(super) const UNLIMITED: MilliRate = MilliRate::MAX;

/// The most a link of this level and capacity lets a flow of this weight have.
#[inline]
pub(super) fn bound(level: MilliRate, capacity: MilliRate, weight: u32) -> MilliRate {
    level.saturating_mul(u64::from(weight)).min(capacity)
}

#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct Narrow {
    pub(super) capacity: MilliRate,
    /// Rate per unit of weight at which the link is full; [`UNLIMITED`] while it is not. Under
    /// `fifo`, until when the line is taken.
    pub(super) level: MilliRate,
    len: u32,
    flags: u32,
    /// Its flows; when they are more, the first tells which crowd has them all.
    members: [u32; ROOM],
}

impl Narrow {
    pub(super) const fn new(capacity: MilliRate) -> Self {
        Self { capacity, level: UNLIMITED, len: 0, flags: 0, members: [0; ROOM] }
    }

    /// The most it lets a flow of this weight have.
    #[inline]
    pub(super) fn bound(&self, weight: u32) -> MilliRate {
        bound(self.level, self.capacity, weight)
    }

    /// Whether it holds anybody back.
    #[inline]
    pub(super) const fn limits(&self) -> bool {
        self.level != UNLIMITED
    }

    #[inline]
    pub(super) const fn len(&self) -> usize {
        self.len as usize
    }

    #[inline]
    pub(super) fn members<'a>(&'a self, crowds: &'a [Vec<u32>]) -> &'a [u32] {
        if self.flags & CROWDED == 0 {
            &self.members[..self.len as usize]
        } else {
            &crowds[self.members[0] as usize]
        }
    }

    #[inline]
    pub(super) fn add(&mut self, flow: u32, crowds: &mut Vec<Vec<u32>>) {
        let len = self.len as usize;
        if self.flags & CROWDED == 0 && len == ROOM {
            crowds.push(self.members.to_vec());
            self.members[0] = crowds.len() as u32 - 1;
            self.flags |= CROWDED;
        }
        if self.flags & CROWDED == 0 {
            self.members[len] = flow;
        } else {
            crowds[self.members[0] as usize].push(flow);
        }
        self.len += 1;
    }

    #[inline]
    pub(super) fn remove(&mut self, flow: u32, crowds: &mut [Vec<u32>]) {
        let last = self.len as usize - 1;
        let members = if self.flags & CROWDED == 0 {
            &mut self.members[..=last]
        } else {
            &mut crowds[self.members[0] as usize][..]
        };
        let at = members.iter().position(|member| *member == flow);
        members.swap(at.expect("a flow is on its links"), last);
        if self.flags & CROWDED != 0 {
            crowds[self.members[0] as usize].truncate(last);
        }
        self.len -= 1;
    }

    /// Marks it as waiting to be looked at, or not; whether it was.
    #[inline]
    pub(super) const fn set_queued(&mut self, queued: bool) -> bool {
        let was = self.flags & QUEUED != 0;
        self.flags = if queued { self.flags | QUEUED } else { self.flags & !QUEUED };
        was
    }
}
