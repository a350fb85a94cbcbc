//! Least frequently used since it came in; among equals, what reached its count first goes first.
//!
//! Entries of one count are a list, and the lists are a list in order of count, so that every step
//! costs the same however many entries there are.

use alloc::vec::Vec;

use super::Order;

/// No entry, no list.
const NONE: u32 = u32::MAX;

/// An entry: its neighbours in its list, and which list that is.
#[derive(Clone, Copy, Debug)]
struct Node {
    older: u32,
    newer: u32,
    /// [`NONE`] for what is not held.
    list: u32,
}

const ABSENT: Node = Node { older: NONE, newer: NONE, list: NONE };

/// The entries of one count.
#[derive(Clone, Copy, Debug)]
struct List {
    uses: u32,
    oldest: u32,
    newest: u32,
    /// The lists of the next smaller and larger counts.
    fewer: u32,
    /// The next unused list, for one that is unused.
    more: u32,
}

/// Counts of use.
#[derive(Clone, Debug)]
pub struct Lfu {
    nodes: Vec<Node>,
    lists: Vec<List>,
    /// The list of the smallest count.
    fewest: u32,
    /// Unused lists.
    unused: u32,
    held: usize,
}

impl Order for Lfu {
    fn with_entries(entries: usize) -> Self {
        let nodes = alloc::vec![ABSENT; entries];
        Self { nodes, lists: Vec::new(), fewest: NONE, unused: NONE, held: 0 }
    }

    fn len(&self) -> usize {
        self.held
    }

    fn contains(&self, entry: u32) -> bool {
        self.nodes.get(entry as usize).is_some_and(|node| node.list != NONE)
    }

    fn insert(&mut self, entry: u32) {
        if entry as usize >= self.nodes.len() {
            self.nodes.resize(entry as usize + 1, ABSENT);
        }
        let first = self.fewest;
        let list = if first != NONE && self.lists[first as usize].uses == 0 {
            first
        } else {
            self.open(0, NONE, first)
        };
        self.append(entry, list);
        self.held += 1;
    }

    fn touch(&mut self, entry: u32) {
        let list = self.nodes[entry as usize].list;
        let List { uses, oldest, newest, more, .. } = self.lists[list as usize];
        // Counts stop at the largest number there is.
        let next = uses.saturating_add(1);
        let joins = more != NONE && self.lists[more as usize].uses == next;
        if oldest == newest && !joins {
            self.lists[list as usize].uses = next;
            return;
        }
        let to = if joins { more } else { self.open(next, list, more) };
        self.take(entry);
        self.append(entry, to);
    }

    fn victim(&mut self, pinned: impl Fn(u32) -> bool) -> Option<u32> {
        let mut list = self.fewest;
        while list != NONE {
            let mut entry = self.lists[list as usize].oldest;
            while entry != NONE {
                if !pinned(entry) {
                    return Some(entry);
                }
                entry = self.nodes[entry as usize].newer;
            }
            list = self.lists[list as usize].more;
        }
        None
    }

    fn remove(&mut self, entry: u32) {
        self.take(entry);
        self.nodes[entry as usize] = ABSENT;
        self.held -= 1;
    }
}

impl Lfu {
    /// A list for a count between those of `fewer` and `more`.
    fn open(&mut self, uses: u32, fewer: u32, more: u32) -> u32 {
        let list = List { uses, oldest: NONE, newest: NONE, fewer, more };
        let at = self.unused;
        let at = if at == NONE {
            self.lists.push(list);
            self.lists.len() as u32 - 1
        } else {
            self.unused = self.lists[at as usize].more;
            self.lists[at as usize] = list;
            at
        };
        self.join(fewer, at);
        self.join(at, more);
        at
    }

    /// Makes two lists neighbours.
    fn join(&mut self, fewer: u32, more: u32) {
        match fewer {
            NONE => self.fewest = more,
            _ => self.lists[fewer as usize].more = more,
        }
        if more != NONE {
            self.lists[more as usize].fewer = fewer;
        }
    }

    fn append(&mut self, entry: u32, to: u32) {
        let list = &mut self.lists[to as usize];
        let older = list.newest;
        list.newest = entry;
        match older {
            NONE => list.oldest = entry,
            _ => self.nodes[older as usize].newer = entry,
        }
        self.nodes[entry as usize] = Node { older, newer: NONE, list: to };
    }

    /// Takes `entry` out of its list, and the list away when nothing is left in it.
    fn take(&mut self, entry: u32) {
        let Node { older, newer, list } = self.nodes[entry as usize];
        let from = &mut self.lists[list as usize];
        match older {
            NONE => from.oldest = newer,
            _ => self.nodes[older as usize].newer = newer,
        }
        match newer {
            NONE => from.newest = older,
            _ => self.nodes[newer as usize].older = older,
        }
        if from.oldest == NONE {
            let List { fewer, more, .. } = *from;
            self.join(fewer, more);
            self.lists[list as usize].more = self.unused;
            self.unused = list;
        }
    }
}
