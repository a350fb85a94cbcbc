//! What becomes of every byte that is delivered: played, or waste of exactly one kind.
//!
//! A viewing keeps, for each item, which segments came whole and are not played yet, one bit each,
//! and what has come of those that are not whole. It ends with the viewing. What nothing has become of
//! yet is the stock: delivered = played + wasted + what the stock has grown by.

use super::period::{Period, Periods};
use super::tables::{WasteRow, Window};
use crate::engine::observe::{Ended, Ending};
use crate::peer::Item;
use crate::units::{Bytes, Time};
use crate::world::World;

/// What bytes can come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Fate {
    Played = 0,
    Duplicate = 1,
    Cancelled = 2,
    Late = 3,
    Corrupt = 4,
    Abandoned = 5,
    NeverPlayed = 6,
}

/// Names of fates in the table, in their order.
const FATES: [&str; 7] =
    ["played", "duplicate", "cancelled", "late", "corrupt", "abandoned", "prefetched-never-played"];

/// What one home has of an item that it watches, or may watch next.
#[derive(Clone, Debug)]
struct Sheet {
    item: Item,
    /// Segments that came whole and are not played yet, one bit each.
    whole: Vec<u64>,
    /// What came of segments that are not whole; less than nothing while corrupt bytes are known
    /// before the end of their transfer.
    parts: Vec<(u16, i64)>,
    /// The segment of the last transfer that came to its end, and when that was asked for.
    last: Option<(u16, Time)>,
}

impl Sheet {
    const fn new(item: Item) -> Self {
        Self { item, whole: Vec::new(), parts: Vec::new(), last: None }
    }

    fn has(&self, segment: u16) -> bool {
        let word = self.whole.get(usize::from(segment) / 64);
        word.is_some_and(|word| word >> (segment % 64) & 1 == 1)
    }

    fn set(&mut self, segment: u16) {
        let at = usize::from(segment) / 64;
        if self.whole.len() <= at {
            self.whole.resize(at + 1, 0);
        }
        self.whole[at] |= 1 << (segment % 64);
    }

    /// Adds to what came of a segment.
    fn add(&mut self, segment: u16, bytes: i64) {
        match self.parts.iter().position(|(of, _)| *of == segment) {
            Some(at) => {
                self.parts[at].1 += bytes;
                if self.parts[at].1 == 0 {
                    self.parts.swap_remove(at);
                }
            }
            None => self.parts.push((segment, bytes)),
        }
    }

    /// What came of a segment, which is another matter from now on.
    fn take(&mut self, segment: u16) -> i64 {
        let at = self.parts.iter().position(|(of, _)| *of == segment);
        at.map_or(0, |at| self.parts.swap_remove(at).1)
    }

    /// Bytes of segments that are whole, and of those that are not.
    fn bytes(&self, world: &World) -> (u64, u64) {
        let words = self.whole.iter().zip(0u16..);
        let set = words.flat_map(|(word, at)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit)
        });
        let whole = set.map(|segment| size(world, self.item, segment)).sum();
        (whole, self.parts.iter().map(|(_, bytes)| (*bytes).max(0) as u64).sum())
    }
}

fn size(world: &World, item: Item, segment: u16) -> u64 {
    world.catalogue.size(item.title, item.rung, segment).0
}

/// The bytes of a run.
#[derive(Debug)]
pub(super) struct Waste<'w> {
    world: &'w World,
    /// By home, while it has anything.
    sheets: Vec<Vec<Sheet>>,
    fates: Periods<[u64; FATES.len()]>,
    /// Delivered, with nothing come of it yet.
    stock: u64,
    /// What that was when each window began and ended.
    stocks: [[u64; 2]; 2],
    faults: Vec<String>,
}

impl<'w> Waste<'w> {
    pub(super) fn new(world: &'w World) -> Self {
        Self {
            world,
            sheets: vec![Vec::new(); world.homes.len()],
            fates: Periods::default(),
            stock: 0,
            stocks: [[0; 2]; 2],
            faults: Vec::new(),
        }
    }

    /// Bytes arrived.
    pub(super) const fn delivered(&mut self, bytes: Bytes) {
        self.stock += bytes.0;
    }

    /// Something has come of so many bytes.
    fn comes_to(&mut self, period: Option<Period>, fate: Fate, bytes: u64) {
        let left = self.stock.checked_sub(bytes);
        if left.is_none() {
            self.faults.push(format!("{bytes} bytes come to {fate:?}, but {} came", self.stock));
        }
        self.stock = left.unwrap_or(0);
        if let Some(period) = period {
            self.fates.at(period)[fate as usize] += bytes;
        }
    }

    fn sheet(&mut self, home: u32, item: Item) -> &mut Sheet {
        let sheets = &mut self.sheets[home as usize];
        let at = sheets.iter().position(|sheet| sheet.item == item).unwrap_or_else(|| {
            sheets.push(Sheet::new(item));
            sheets.len() - 1
        });
        &mut sheets[at]
    }

    /// A transfer ended.
    pub(super) fn ended(&mut self, period: Option<Period>, ended: &Ended) {
        let Ended { home, item, segment, ending, got, asked, whole } = *ended;
        if got == Bytes::ZERO && !whole {
            return;
        }
        let sheet = self.sheet(home, item);
        if ending == Ending::Needless {
            // What has come instead was asked for because this one was late, or this one was too many.
            let overtaken = sheet.last.is_some_and(|(of, at)| of == segment && asked < at);
            let fate = if overtaken { Fate::Late } else { Fate::Duplicate };
            self.comes_to(period, fate, got.0);
            return;
        }
        if ending == Ending::Done {
            sheet.last = Some((segment, asked));
        }
        if !whole {
            sheet.add(segment, got.0 as i64);
            return;
        }
        let came = sheet.take(segment) + got.0 as i64;
        let again = sheet.has(segment);
        sheet.set(segment);
        let size = size(self.world, item, segment);
        match u64::try_from(came - size as i64) {
            Ok(0) => {}
            Ok(more) => self.comes_to(period, Fate::Cancelled, more),
            Err(_) => {
                self.faults
                    .push(format!("home {home}: {segment} is whole with {came} of {size} bytes"));
            }
        }
        if again {
            self.comes_to(period, Fate::Duplicate, size);
        }
    }

    /// So much of what came of a segment, and of what is coming to its end, is corrupt.
    pub(super) fn corrupt(
        &mut self,
        period: Option<Period>,
        (home, item, segment): (u32, Item, u16),
        bytes: Bytes,
    ) {
        self.sheet(home, item).add(segment, -(bytes.0 as i64));
        self.comes_to(period, Fate::Corrupt, bytes.0);
    }

    /// A segment was played.
    pub(super) fn played(&mut self, period: Option<Period>, home: u32, item: Item, segment: u16) {
        let mut sheets = self.sheets[home as usize].iter_mut();
        let sheet = sheets.find(|sheet| sheet.item == item && sheet.has(segment));
        if let Some(sheet) = sheet {
            sheet.whole[usize::from(segment) / 64] &= !(1 << (segment % 64));
            let size = size(self.world, item, segment);
            self.comes_to(period, Fate::Played, size);
        }
    }

    /// A viewing of a title is over.
    pub(super) fn viewed(&mut self, (at, period): (Time, Option<Period>), home: u32, title: u32) {
        self.close(
            at,
            home,
            |sheet| sheet.item.title == title,
            |own, (whole, parts)| {
                own.comes_to(period, Fate::Abandoned, whole);
                own.comes_to(period, Fate::Cancelled, parts);
            },
        );
    }

    /// A home begins to watch a title, or gives up what it has fetched ahead: everything else was
    /// fetched in vain.
    pub(super) fn turns_to(
        &mut self,
        (at, period): (Time, Option<Period>),
        home: u32,
        title: Option<u32>,
    ) {
        self.close(
            at,
            home,
            |sheet| Some(sheet.item.title) != title,
            |own, (whole, parts)| {
                own.comes_to(period, Fate::NeverPlayed, whole + parts);
            },
        );
    }

    /// Takes away the sheets that `ends` says. At the end of the run they stay: nobody knows what would
    /// have become of what they have.
    fn close(
        &mut self,
        at: Time,
        home: u32,
        ends: impl Fn(&Sheet) -> bool,
        mut tell: impl FnMut(&mut Self, (u64, u64)),
    ) {
        let place = home as usize;
        if at >= self.world.until {
            return;
        }
        let mut sheets = std::mem::take(&mut self.sheets[place]);
        for sheet in sheets.extract_if(.., |sheet| ends(sheet)) {
            tell(self, sheet.bytes(self.world));
        }
        self.sheets[place] = sheets;
    }

    /// A window begins, or ends.
    pub(super) const fn turn(&mut self, window: Window, begins: bool) {
        self.stocks[window as usize][!begins as usize] = self.stock;
    }

    /// Bytes delivered that came to nothing.
    pub(super) fn wasted(&self, window: Window) -> u64 {
        let parts = self.fates.of(window).iter();
        parts.map(|fates| fates[Fate::Duplicate as usize..].iter().sum::<u64>()).sum()
    }

    /// What does not agree at the end: the stock is what homes have.
    pub(super) fn faults(&mut self) -> Vec<String> {
        let all = self.sheets.iter().flatten();
        let held: u64 = all.map(|sheet| sheet.bytes(self.world)).map(|(a, b)| a + b).sum();
        if held != self.stock {
            self.faults.push(format!("{} bytes came to nothing, but {held} are held", self.stock));
        }
        std::mem::take(&mut self.faults)
    }

    /// The rows of `waste.csv`, control bytes given.
    pub(super) fn rows(&self, window: Window, control: u64, rows: &mut Vec<WasteRow>) {
        let of = |at: usize| self.fates.of(window).iter().map(|fates| fates[at]).sum();
        let stock = self.stocks[window as usize];
        let fates = FATES.iter().enumerate().map(|(at, name)| (*name, of(at)));
        let rest =
            [("control", control), ("unplayed-at-start", stock[0]), ("unplayed-at-end", stock[1])];
        rows.extend(fates.chain(rest).map(|(kind, bytes)| {
            let kind = kind.into();
            WasteRow { window, kind, bytes, share_of_saved: None }
        }));
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scenario;
    use crate::units::Span;

    const ITEM: Item = Item { title: 3, rung: 0 };
    const NEXT: Item = Item { title: 4, rung: 0 };

    fn world() -> World {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/small/two-providers.toml");
        let sets = [("run.homes".to_owned(), "20".to_owned())];
        let loaded = scenario::load(&file, &sets).unwrap();
        World::build(&loaded.scenario, &loaded.tables, 0)
    }

    /// What comes to each fate, and the stock, after these transfers of home 0: item, segment, how it
    /// ended, bytes, when it was asked for, whether the segment is whole then.
    fn after(
        world: &World,
        transfers: &[(Item, u16, Ending, u64, u64, bool)],
        then: impl FnOnce(&mut Waste<'_>),
    ) -> ([u64; 7], u64) {
        let mut waste = Waste::new(world);
        for (item, segment, ending, got, asked, whole) in transfers.iter().copied() {
            let (got, asked) = (Bytes(got), Time(asked));
            waste.delivered(got);
            let ended = Ended { home: 0, item, segment, ending, got, asked, whole };
            waste.ended(Some(Period::Rest), &ended);
        }
        then(&mut waste);
        assert_eq!(waste.faults(), Vec::<String>::new());
        (waste.fates.0[Period::Rest as usize], waste.stock)
    }

    #[test]
    fn every_byte_comes_to_one_thing() {
        use Ending::{Cancelled, Done, Needless, TimedOut};
        let world = world();
        let of = |item, segment| size(&world, item, segment);
        let (first, second, third) = (of(ITEM, 0), of(ITEM, 1), of(ITEM, 2));
        let now = (Time::ZERO + Span::from_secs(60), Some(Period::Rest));
        let transfers = [
            // Gone on from where it broke, with a part that was not.
            (ITEM, 0, TimedOut, 700, 1, false),
            (ITEM, 0, Cancelled, 50, 2, false),
            (ITEM, 0, Done, first - 700, 3, true),
            // Overtaken by what was asked for later, and one too many.
            (ITEM, 1, Done, second, 9, true),
            (ITEM, 1, Needless, 30, 5, false),
            (ITEM, 1, Needless, 20, 9, false),
            (ITEM, 1, Needless, 4, 12, false),
            // Whole and not played, whole once more, and not whole.
            (ITEM, 2, Done, third, 14, true),
            (ITEM, 2, Done, third, 15, true),
            (ITEM, 3, Cancelled, 11, 16, false),
            // What may be next.
            (NEXT, 0, Cancelled, 8, 20, false),
        ];
        let (fates, stock) = after(&world, &transfers, |waste| {
            waste.turns_to(now, 0, Some(NEXT.title + 1));
        });
        let all: u64 = transfers.iter().map(|transfer| transfer.3).sum();
        assert_eq!(fates, [0, 24 + third, 50, 30, 0, 0, all - 104 - third], "another was played");
        assert_eq!(stock, 0);
        let (fates, stock) = after(&world, &transfers, |waste| {
            waste.turns_to(now, 0, Some(ITEM.title));
            waste.played(now.1, 0, ITEM, 0);
            waste.played(now.1, 0, ITEM, 0);
            waste.corrupt(now.1, (0, ITEM, 3), Bytes(5));
            waste.viewed(now, 0, ITEM.title);
        });
        assert_eq!(fates, [first, 24 + third, 56, 30, 5, second + third, 8]);
        assert_eq!(stock, 0);
        let (_, stock) = after(&world, &transfers, |waste| {
            waste.viewed((world.until, now.1), 0, ITEM.title);
        });
        assert_eq!(stock, first + second + third + 11 + 8, "the end of the run says nothing");
    }
}
