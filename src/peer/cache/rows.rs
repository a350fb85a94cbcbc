//! What is held and what is being sent, in one box without slack: most devices sleep.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{Item, Pin};
use crate::peer::segments::{Key, Row, Run};
use crate::units::Bytes;

/// Runs of what is held, those of an item side by side and rising, items in order of use; behind
/// them, rising, a row for each upload under way. No run ends at 0: such a row is an upload's.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows(Box<[Row]>);

impl Rows {
    /// What is held.
    pub(super) fn runs(&self) -> &[Row] {
        &self.0[..self.end_of_runs()]
    }

    /// What is held, to be changed; their number stays.
    pub(super) fn runs_mut(&mut self) -> &mut [Row] {
        let end = self.end_of_runs();
        &mut self.0[..end]
    }

    /// What is being sent; a segment may be sent to several.
    pub(super) fn sent(&self) -> &[Row] {
        &self.0[self.end_of_runs()..]
    }

    fn end_of_runs(&self) -> usize {
        // Most of the time nothing is being sent.
        self.0.iter().rposition(|row| row.to != 0).map_or(0, |last| last + 1)
    }

    /// Puts a run at `at`.
    pub(super) fn insert(&mut self, at: usize, row: Row) {
        debug_assert!(row.from < row.to, "a run is not empty");
        self.change(1, |rows| rows.insert(at, row));
    }

    /// Takes the run at `at` away.
    pub(super) fn remove(&mut self, at: usize) {
        self.change(0, |rows| {
            rows.remove(at);
        });
    }

    /// An upload begins.
    pub(super) fn begin(&mut self, key: Key, segment: u16) {
        let at = self.end_of_runs() + place(self.sent(), key, segment);
        self.change(1, |rows| rows.insert(at, Row { key, from: segment, to: 0 }));
    }

    /// An upload ends; false when there was none.
    pub(super) fn end(&mut self, key: Key, segment: u16) -> bool {
        let sent = self.sent();
        let at = place(sent, key, segment);
        let found = sent.get(at).is_some_and(|row| (row.key, row.from) == (key, segment));
        if found {
            let at = self.end_of_runs() + at;
            self.change(0, |rows| {
                rows.remove(at);
            });
        }
        found
    }

    /// Changes the number of rows, which may become so many more.
    fn change(&mut self, more: usize, change: impl FnOnce(&mut Vec<Row>)) {
        let mut rows = core::mem::take(&mut self.0).into_vec();
        rows.reserve_exact(more);
        change(&mut rows);
        self.0 = rows.into_boxed_slice();
    }
}

/// Where an upload is, or belongs.
fn place(sent: &[Row], key: Key, segment: u16) -> usize {
    sent.partition_point(|row| (row.key, row.from) < (key, segment))
}

/// What must stay while room is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stays<'a> {
    pub(super) pin: Option<Pin>,
    /// What is being sent.
    pub(super) sent: &'a [Row],
}

impl Stays<'_> {
    /// Whether a segment is being sent.
    pub(super) fn sends(&self, key: Key, segment: u16) -> bool {
        let at = place(self.sent, key, segment);
        self.sent.get(at).is_some_and(|row| (row.key, row.from) == (key, segment))
    }

    /// The end of what may go of an item.
    fn end(&self, key: Key) -> u16 {
        match self.pin {
            Some(pin) if Key::of(pin.item) == key => pin.from,
            Some(pin) if pin.next.map(Key::of) == Some(key) => 0,
            _ => u16::MAX,
        }
    }

    /// The earliest segment of an item that may go, of its `runs`: which run, which segment.
    pub(super) fn first_free(&self, runs: &[Row]) -> Option<(usize, u16)> {
        let end = self.end(runs.first()?.key);
        let in_run = |row: &Row| {
            (row.from..row.to.min(end)).find(|s| self.sent.is_empty() || !self.sends(row.key, *s))
        };
        runs.iter().enumerate().find_map(|(at, row)| Some((at, in_run(row)?)))
    }

    /// The last segment of an item that may go.
    pub(super) fn last_free(&self, runs: &[Row]) -> Option<(usize, u16)> {
        let end = self.end(runs.first()?.key);
        let in_run = |row: &Row| {
            let mut free = row.from..row.to.min(end);
            free.rfind(|s| self.sent.is_empty() || !self.sends(row.key, *s))
        };
        runs.iter().enumerate().rev().find_map(|(at, row)| Some((at, in_run(row)?)))
    }

    /// Whether anything of an item may go.
    pub(super) fn frees(&self, runs: &[Row]) -> bool {
        self.first_free(runs).is_some()
    }
}

/// Bytes of what is being sent, is held among `runs` and is not pinned: each segment once.
pub(super) fn sent_bytes(
    sent: &[Row],
    runs: &[Row],
    pin: Option<Pin>,
    size_of: &dyn Fn(Item, u16) -> Bytes,
) -> Bytes {
    let mut last = None;
    let mut sum = Bytes::ZERO;
    for row in sent {
        let (item, segment) = (row.key.item(), row.from);
        let pinned = pin.is_some_and(|pin| pin.covers(item, segment));
        let held = |run: &Row| run.key == row.key && (run.from..run.ends().1).contains(&segment);
        if last != Some((row.key, segment)) && !pinned && runs.iter().any(held) {
            sum += size_of(item, segment);
        }
        last = Some((row.key, segment));
    }
    sum
}

/// Where the runs of an item begin and end. The last used is looked for most.
pub(super) fn find(runs: &[Row], key: Key) -> Option<(usize, usize)> {
    let last = runs.iter().rposition(|row| row.key == key)?;
    let others = runs[..last].iter().rposition(|row| row.key != key);
    Some((others.map_or(0, |at| at + 1), last + 1))
}

/// The first run of the first item of `runs` of which something may go.
pub(super) fn first_free_item(runs: &[Row], stays: &Stays<'_>) -> Option<usize> {
    let mut at = 0;
    for item in runs.chunk_by(|a, b| a.key == b.key) {
        if stays.frees(item) {
            return Some(at);
        }
        at += item.len();
    }
    None
}
