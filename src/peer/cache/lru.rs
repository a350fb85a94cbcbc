//! Least recently used: the title that was not watched for longest goes first.

use alloc::vec::Vec;

use super::book::Stock;
use super::policy::Rule;
use super::rows::first_free_item;
use super::{Held, Item, Key, Pin, Row};
use crate::units::Bytes;

/// No parameters.
pub(super) struct Lru;

impl Rule for Lru {
    fn name(&self) -> &'static str {
        "lru"
    }

    fn about(&self) -> &'static str {
        "what was watched longest ago goes first"
    }

    fn keeps_notes(&self) -> bool {
        false
    }

    fn victim(&self, stock: &mut Stock<'_>) -> Option<usize> {
        first_free_item(stock.runs, &stock.stays)
    }
}

impl Held {
    /// What `lru` comes to at the grain of segments while nothing is being sent, which is most of the
    /// time: the earliest segment of the first item of which one may go.
    pub(super) fn drop_oldest(
        &mut self,
        pin: Option<Pin>,
        size_of: &dyn Fn(Item, u16) -> Bytes,
        dropped: &mut Vec<Item>,
    ) -> bool {
        let next = pin.and_then(|pin| pin.next).map(Key::of);
        let pin = pin.map(|pin| (Key::of(pin.item), pin.from));
        let goes = |row: &Row| {
            pin.is_none_or(|(key, from)| key != row.key || row.from < from)
                && next.is_none_or(|key| key != row.key)
        };
        let runs = self.rows.runs_mut();
        let Some(at) = runs.iter().position(goes) else {
            return false;
        };
        let Row { key, from, to } = runs[at];
        self.bytes -= size_of(key.item(), from);
        runs[at].from += 1;
        if from + 1 == to {
            if runs.get(at + 1).is_none_or(|next| next.key != key) {
                dropped.push(key.item());
            }
            self.rows.remove(at);
        }
        true
    }
}
