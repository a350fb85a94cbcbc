//! What a device keeps on disk: admission and eviction.
//!
//! Invariants: never more bytes than the quota; what is evicted was held and belongs neither to the
//! pinned item's unplayed part, nor to what is being sent, nor to what was just stored.
//!
//! A policy picks an item; the grain says what the item gives up.

mod book;
mod gdsf;
mod lfu;
mod lru;
mod none;
pub mod order;
mod played_oldest;
mod policy;
mod replica_aware;
mod rows;
mod rules;
mod s3_fifo;
mod sieve;

use alloc::boxed::Box;
use alloc::vec::Vec;

pub use lfu::Lfu;
pub use policy::{CachePolicy, Swarm};
pub use replica_aware::ReplicaAware;
pub use rules::{Grain, Holding, Pin, Rules};
pub use s3_fifo::S3Fifo;

use super::Item;
use super::segments::{Key, Placed, Row, Segments, place};
use crate::units::Bytes;
use book::{Book, Note, Stock};
use rows::{Rows, Stays, find, first_free_item, sent_bytes};

/// A store of segments with a quota in bytes.
#[derive(Clone, Debug, Default)]
pub struct Cache(Kept);

const _: () = assert!(size_of::<Cache>() == 24, "there is one in every home");

/// What is held, and what its policy notes beside.
#[derive(Clone, Debug)]
enum Kept {
    /// Order of use is all there is to know.
    Plain(Held),
    Noted(Box<Noted>),
}

#[derive(Clone, Debug, Default)]
struct Held {
    rows: Rows,
    bytes: Bytes,
}

#[derive(Clone, Debug)]
struct Noted {
    held: Held,
    policy: CachePolicy,
    book: Book,
}

impl Default for Kept {
    fn default() -> Self {
        Self::Plain(Held::default())
    }
}

impl Cache {
    /// Where the most recently used lies.
    pub(super) fn place(&self, each: &mut impl FnMut(*const u8, usize)) {
        match &self.0 {
            Kept::Plain(held) => {
                let runs = held.rows.runs();
                let last = &runs[runs.len().saturating_sub(4)..];
                each(last.as_ptr().cast(), size_of_val(last));
            }
            Kept::Noted(noted) => {
                each(core::ptr::from_ref::<Noted>(noted).cast(), size_of::<Noted>());
            }
        }
    }

    fn held(&self) -> &Held {
        match &self.0 {
            Kept::Plain(held) => held,
            Kept::Noted(noted) => &noted.held,
        }
    }

    fn held_mut(&mut self) -> &mut Held {
        match &mut self.0 {
            Kept::Plain(held) => held,
            Kept::Noted(noted) => &mut noted.held,
        }
    }

    fn runs(&self) -> &[Row] {
        self.held().rows.runs()
    }

    /// Bytes held.
    pub fn bytes(&self) -> Bytes {
        self.held().bytes
    }

    /// Everything held, least recently used first.
    pub fn holdings(&self) -> impl Iterator<Item = Holding<'_>> {
        let of_items = self.runs().chunk_by(|a, b| a.key == b.key);
        of_items.map(|rows| Holding { item: rows[0].key.item(), segments: Segments(rows) })
    }

    /// What is held of `item`; `None` when nothing is.
    pub fn get(&self, item: Item) -> Option<Segments<'_>> {
        let runs = self.runs();
        let (from, to) = find(runs, Key::of(item))?;
        Some(Segments(&runs[from..to]))
    }

    /// A viewing of `item` begins; what is held of it, if anything, becomes the last.
    pub fn touch(&mut self, item: Item) -> Option<Segments<'_>> {
        let key = Key::of(item);
        let first = self.make_last(key)?;
        self.note_use(item);
        Some(Segments(&self.runs()[first..]))
    }

    /// Notes a viewing of `item`, if it is held, for policies that count them.
    pub(super) fn note_use(&mut self, item: Item) {
        if let Kept::Noted(noted) = &mut self.0
            && let Some(at) = noted.book.find(Key::of(item))
        {
            noted.policy.rule().used(&mut noted.book, at);
        }
    }

    /// The directory has told how many hold and watch `item`. Forgotten when nothing is held of it, or
    /// when the policy does not ask.
    pub fn hear(&mut self, item: Item, swarm: Swarm) {
        if let Kept::Noted(noted) = &mut self.0
            && let Some(at) = noted.book.find(Key::of(item))
        {
            noted.policy.rule().heard(&mut noted.book, at, swarm);
        }
    }

    /// Makes an item the last in order of use; where its runs begin now.
    fn make_last(&mut self, key: Key) -> Option<usize> {
        let runs = self.held_mut().rows.runs_mut();
        let (from, to) = find(runs, key)?;
        runs[from..].rotate_left(to - from);
        Some(runs.len() - (to - from))
    }

    /// An upload of a segment begins: until it ends, the segment stays.
    pub(super) fn send(&mut self, item: Item, segment: u16) {
        self.held_mut().rows.begin(Key::of(item), segment);
    }

    /// An upload ends; false when there was none.
    pub(super) fn sent(&mut self, item: Item, segment: u16) -> bool {
        self.held_mut().rows.end(Key::of(item), segment)
    }

    /// Whether a segment is being sent.
    pub(super) fn sends(&self, item: Item, segment: u16) -> bool {
        Stays { pin: None, sent: self.held().rows.sent() }.sends(Key::of(item), segment)
    }

    /// Bytes that stay because they are being sent, and are held here or in `memory`, each segment
    /// once; what is pinned apart.
    pub(super) fn sending(
        &self,
        memory: Option<&Self>,
        pin: Option<Pin>,
        size_of: &dyn Fn(Item, u16) -> Bytes,
    ) -> Bytes {
        let sent = self.held().rows.sent();
        sent_bytes(sent, memory.unwrap_or(self).runs(), pin, size_of)
    }

    /// Stores one segment of `size` bytes and evicts until the quota holds. Items that lost their last
    /// segment are appended to `dropped`. False, with nothing changed, when it cannot fit: larger
    /// than the quota, or all the rest must stay, or nothing is kept.
    pub fn insert(
        &mut self,
        rules: Rules,
        (item, segment, size): (Item, u16, Bytes),
        pin: Option<Pin>,
        size_of: &dyn Fn(Item, u16) -> Bytes,
        dropped: &mut Vec<Item>,
    ) -> bool {
        if self.get(item).is_some_and(|held| held.contains(segment)) {
            return true;
        }
        let full = self.bytes() + size > rules.quota;
        if full {
            let pinned = pin.map_or(Bytes::ZERO, |pin| pin.bytes);
            let sending = self.sending(None, pin, size_of);
            if pinned + sending + size > rules.quota {
                return false;
            }
        }
        if !rules.policy.keeps() {
            return false;
        }
        self.follow(rules.policy, size_of);
        while self.bytes() + size > rules.quota {
            let gone = self.make_room(rules, pin, size_of, dropped);
            assert!(gone, "invariant: what need not stay can go");
        }
        self.add(item, segment, size);
        debug_assert!(self.bytes() <= rules.quota);
        true
    }

    /// Stores `from..to` of an item as [`Self::insert`] would one after the other with nothing pinned.
    pub fn insert_run(
        &mut self,
        rules: Rules,
        (item, from, to): (Item, u16, u16),
        size_of: &dyn Fn(Item, u16) -> Bytes,
        dropped: &mut Vec<Item>,
    ) {
        if from >= to || !rules.policy.keeps() {
            return;
        }
        self.follow(rules.policy, size_of);
        let mut rest = from;
        if find(self.runs(), Key::of(item)).is_none() {
            let all_at_once = rules.policy == CachePolicy::Lru && rules.grain == Grain::Segment;
            rest = self.append_run(rules.quota, (item, from, to), all_at_once, size_of);
        }
        while self.bytes() > rules.quota {
            let gone = self.make_room(rules, None, size_of, dropped);
            assert!(gone, "invariant: nothing is pinned");
        }
        for segment in rest..to {
            let what = (item, segment, size_of(item, segment));
            self.insert(rules, what, None, size_of, dropped);
        }
    }

    /// Puts a new item in as far as there is room, or, where the order of eviction allows, all of it
    /// whatever the room, unless a segment is larger than all there is. The first segment left.
    fn append_run(
        &mut self,
        quota: Bytes,
        (item, from, to): (Item, u16, u16),
        all_at_once: bool,
        size_of: &dyn Fn(Item, u16) -> Bytes,
    ) -> u16 {
        let (mut sum, mut fitting, mut largest) = (Bytes::ZERO, (from, Bytes::ZERO), Bytes::ZERO);
        for segment in from..to {
            let size = size_of(item, segment);
            sum += size;
            largest = largest.max(size);
            if self.bytes() + sum <= quota {
                fitting = (segment + 1, sum);
            } else if !all_at_once {
                break;
            }
        }
        let (rest, bytes) = if all_at_once && largest <= quota { (to, sum) } else { fitting };
        if rest > from {
            let key = Key::of(item);
            let rows = &mut self.held_mut().rows;
            rows.insert(rows.runs().len(), Row { key, from, to: rest });
            self.grow(key, bytes);
        }
        rest
    }

    /// Sees to it that notes are kept for `policy` alone, and only when it wants them.
    fn follow(&mut self, policy: CachePolicy, size_of: &dyn Fn(Item, u16) -> Bytes) {
        let noted = match &self.0 {
            Kept::Plain(_) => None,
            Kept::Noted(noted) => Some(noted.policy),
        };
        if noted == Some(policy) || noted.is_none() && !policy.rule().keeps_notes() {
            return;
        }
        let held = core::mem::take(self.held_mut());
        if !policy.rule().keeps_notes() {
            self.0 = Kept::Plain(held);
            return;
        }
        let mut book = Book::default();
        for runs in held.rows.runs().chunk_by(|a, b| a.key == b.key) {
            let (key, held) = (runs[0].key, Segments(runs));
            let sizes = held.ranges().flat_map(|(from, to)| from..to);
            let bytes = sizes.map(|segment| size_of(key.item(), segment)).sum();
            book.notes.push(Note { key, uses: 0, mark: 0, bytes, value: 0 });
            let at = book.notes.len() - 1;
            policy.rule().came(&mut book, at);
        }
        self.0 = Kept::Noted(Box::new(Noted { held, policy, book }));
    }

    /// Takes what the grain says from the item that the policy says; false when nothing may go.
    fn make_room(
        &mut self,
        rules: Rules,
        pin: Option<Pin>,
        size_of: &dyn Fn(Item, u16) -> Bytes,
        dropped: &mut Vec<Item>,
    ) -> bool {
        if let Kept::Plain(held) = &mut self.0
            && (rules.policy, rules.grain) == (CachePolicy::Lru, Grain::Segment)
            && held.rows.sent().is_empty()
        {
            return held.drop_oldest(pin, size_of, dropped);
        }
        let mut none = Book::default();
        let (held, book) = match &mut self.0 {
            Kept::Plain(held) => (held, &mut none),
            Kept::Noted(noted) => (&mut noted.held, &mut noted.book),
        };
        let (runs, sent) = (held.rows.runs(), held.rows.sent());
        let mut stock = Stock { runs, stays: Stays { pin, sent }, book };
        let Some(first) = rules.policy.rule().victim(&mut stock) else {
            return false;
        };
        let key = self.runs()[first].key;
        loop {
            let rows = &self.held().rows;
            let of_item = &rows.runs()[first..];
            let count = of_item.iter().take_while(|row| row.key == key).count();
            let stays = Stays { pin, sent: rows.sent() };
            let goes = match rules.grain {
                Grain::Segment | Grain::Title => stays.first_free(&of_item[..count]),
                Grain::Prefix => stays.last_free(&of_item[..count]),
            };
            let Some((at, segment)) = goes else { return true };
            self.take(first + at, segment, size_of, dropped);
            if rules.grain != Grain::Title {
                return true;
            }
        }
    }

    /// Gives up the first segment that is neither pinned nor being sent by `sender`, and names its item;
    /// `None` when there is none. An item that lost its last segment is appended to `dropped`.
    pub(super) fn evict_played(
        &mut self,
        pin: Pin,
        sender: &Self,
        size_of: &dyn Fn(Item, u16) -> Bytes,
        dropped: &mut Vec<Item>,
    ) -> Option<Item> {
        let stays = Stays { pin: Some(pin), sent: sender.held().rows.sent() };
        let first = first_free_item(self.runs(), &stays)?;
        let key = self.runs()[first].key;
        let count = self.runs()[first..].iter().take_while(|row| row.key == key).count();
        let (at, segment) = stays.first_free(&self.runs()[first..first + count])?;
        self.take(first + at, segment, size_of, dropped);
        Some(key.item())
    }

    /// Gives up all of `item` that is not being sent. It is appended to `dropped` when nothing is left.
    pub(super) fn forget(
        &mut self,
        item: Item,
        size_of: &dyn Fn(Item, u16) -> Bytes,
        dropped: &mut Vec<Item>,
    ) {
        while let Some((from, to)) = find(self.runs(), Key::of(item)) {
            let stays = Stays { pin: None, sent: self.held().rows.sent() };
            let Some((at, segment)) = stays.first_free(&self.runs()[from..to]) else {
                return;
            };
            self.take(from + at, segment, size_of, dropped);
        }
    }

    /// Takes a segment out of the run at `at`.
    fn take(
        &mut self,
        at: usize,
        segment: u16,
        size_of: &dyn Fn(Item, u16) -> Bytes,
        dropped: &mut Vec<Item>,
    ) {
        let held = self.held_mut();
        let Row { key, from, to } = held.rows.runs()[at];
        let item = key.item();
        let size = size_of(item, segment);
        held.bytes -= size;
        let mut lost = false;
        if from + 1 == to {
            held.rows.remove(at);
            let runs = held.rows.runs();
            let of_item = |at: usize| runs.get(at).is_some_and(|row| row.key == key);
            lost = !of_item(at) && !at.checked_sub(1).is_some_and(of_item);
        } else if segment == from {
            held.rows.runs_mut()[at].from += 1;
        } else {
            held.rows.runs_mut()[at].to = segment;
            if segment + 1 < to {
                held.rows.insert(at + 1, Row { key, from: segment + 1, to });
            }
        }
        if lost {
            dropped.push(item);
        }
        if let Kept::Noted(noted) = &mut self.0 {
            let (rule, book) = (noted.policy.rule(), &mut noted.book);
            let at = book.notes.iter().position(|note| note.key == key);
            let at = at.expect("invariant: whatever is held is noted");
            book.notes[at].bytes -= size;
            if lost {
                rule.leaves(book, at);
                book.notes.remove(at);
            }
        }
    }

    /// Adds a segment that is not held, of the item that is the last from now on.
    pub(super) fn add(&mut self, item: Item, segment: u16, size: Bytes) {
        let key = Key::of(item);
        let first = self.make_last(key).unwrap_or(self.runs().len());
        let rows = &mut self.held_mut().rows;
        match place(&rows.runs()[first..], segment) {
            Placed::Held => return,
            Placed::After(at) => rows.runs_mut()[first + at].to += 1,
            Placed::Before(at) => rows.runs_mut()[first + at].from -= 1,
            Placed::Between(at) => {
                let at = first + at;
                rows.runs_mut()[at].to = rows.runs()[at + 1].to;
                rows.remove(at + 1);
            }
            Placed::Alone(at) => {
                rows.insert(first + at, Row { key, from: segment, to: segment + 1 });
            }
        }
        self.grow(key, size);
    }

    /// So many bytes of an item came in.
    fn grow(&mut self, key: Key, size: Bytes) {
        self.held_mut().bytes += size;
        let Kept::Noted(noted) = &mut self.0 else {
            return;
        };
        let (rule, book) = (noted.policy.rule(), &mut noted.book);
        if let Some(at) = book.find(key) {
            book.notes[at].bytes += size;
            rule.grew(book, at);
        } else {
            book.notes.push(Note { key, uses: 0, mark: 0, bytes: size, value: 0 });
            rule.came(book, book.notes.len() - 1);
        }
    }
}

#[cfg(test)]
mod tests;
