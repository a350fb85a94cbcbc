//! V15, books: what a whole run delivers, counted apart from the engine.

use std::path::Path;

use super::{Effort, Finding, broken, compare, swarm};
use crate::engine::observe::{Delivery, Ended, Moment, Observer};
use crate::engine::{Audit, Engine};
use crate::peer::{Item, Note, Refusal};
use crate::scenario::{self, Loaded};
use crate::units::{Bytes, Time};
use crate::world::World;

const TWO_PROVIDERS: &str = include_str!("../../../scenarios/small/two-providers.toml");

/// What an observer adds up by itself.
#[derive(Debug, Default)]
struct Books {
    /// By deliveries, as they came in.
    from_peers: u64,
    from_servers: u64,
    /// By transfers, when they ended.
    ended: u64,
    /// Played, the own cache apart.
    played: u64,
    /// What homes that give and are on could have sent.
    could_send: u64,
}

impl Observer for Books {
    fn delivered(&mut self, _: Time, delivery: Delivery) {
        debug_assert_eq!(delivery.via.is_peer(), delivery.from.is_some());
        let source =
            if delivery.from.is_some() { &mut self.from_peers } else { &mut self.from_servers };
        *source += delivery.bytes.0;
    }

    fn transfer_ended(&mut self, _: Time, ended: Ended) {
        self.ended += ended.got.0;
    }

    fn obtained(&mut self, _: Time, _: u32, _: Item, _: u16) {}

    fn viewing(&mut self, _: Time, _: u32, moment: Moment, size: Bytes) {
        if let Moment::Player(Note::Played { own: false, .. }, _) = moment {
            self.played += size.0;
        }
    }

    fn refused(&mut self, _: Time, _: Refusal) {}

    fn control(&mut self, _: Time, _: Bytes) {}

    fn bin(&mut self, _: Time, could_send: Bytes) {
        self.could_send += could_send.0;
    }

    fn checkpoint(&mut self, _: Time, _: u64) -> bool {
        false
    }
}

impl Books {
    /// Bytes by which the ways of counting differ.
    const fn off(&self) -> u64 {
        let received = self.from_peers + self.from_servers;
        received.abs_diff(self.ended) + self.played.saturating_sub(received)
    }
}

pub(super) fn run(effort: Effort, found: &mut dyn FnMut(Finding)) {
    let (homes, length) = match effort {
        Effort::Full => ("500", "20 h"),
        Effort::Quick => ("150", "4 h"),
    };
    let set = ("run.homes".to_owned(), homes.to_owned());
    let providers = scenario::load_text(TWO_PROVIDERS, Path::new("two-providers.toml"), &[set])
        .map_err(|problems| problems.render(false));
    play("two providers", providers, found);
    // Uplinks for two thirds of what is watched: here the bound binds.
    let scarce =
        swarm::load(&[(0.3, 0.5), (1.0, 0.5)], &[("run.warm_up", "2 h"), ("run.length", length)]);
    play("one title, scarce uplinks", scarce, found);
}

/// The arms of a scenario, two findings each.
fn play(what: &str, loaded: Result<Loaded, String>, found: &mut dyn FnMut(Finding)) {
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(why) => return found(broken("V15", 0.0, 0.0, &why)),
    };
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    for arm in &loaded.arms {
        let mut books = Books::default();
        let engine = Engine::new(&loaded.scenario, &world, arm, 0, &mut books);
        let audit = engine.run().expect("invariant: these books stop nothing");
        found(balance(what, &arm.name, &books, &audit));
        found(threshold(what, &arm.name, &books));
    }
}

/// Received = sent by peers + served, played at most that, and nothing wrong in the audit, which
/// holds the same against what crossed every link.
fn balance(what: &str, arm: &str, books: &Books, audit: &Audit) -> Finding {
    let Books { from_peers, from_servers, played, .. } = *books;
    let received = from_peers + from_servers;
    if let Some(fault) = audit.faults.first() {
        return broken("V15", 0.0, 0.0, &format!("{what}, arm {arm}: {fault}"));
    }
    let note = format!(
        "{what}, arm {arm}: {received} bytes received, {from_peers} sent by peers, {from_servers} \
         served, {played} played; bytes that do not add up"
    );
    compare("V15", 0.0, books.off() as f64, 0.0, note)
}

/// Peers cannot send more than their uplinks carry: `server share ≥ 1 − Σ uplinks / demand`, the
/// conservation form of the threshold.
fn threshold(what: &str, arm: &str, books: &Books) -> Finding {
    let received = (books.from_peers + books.from_servers) as f64;
    let bound = (1.0 - books.could_send as f64 / received).max(0.0);
    let share = books.from_servers as f64 / received;
    let note = format!(
        "{what}, arm {arm}: servers send {share:.4} of all bytes, at least {bound:.4} as online \
         uplinks carry no more; shortfall"
    );
    compare("V15", 0.0, (bound - share).max(0.0), 0.0, note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn books_that_do_not_agree_are_found() {
        let books =
            |ended, played| Books { from_peers: 3, from_servers: 7, ended, played, could_send: 4 };
        assert_eq!([books(10, 9).off(), books(9, 9).off(), books(10, 12).off()], [0, 1, 2]);
        let more = Books { from_peers: 5, from_servers: 5, ended: 10, played: 9, could_send: 4 };
        assert!((threshold("", "", &more).got - 0.1).abs() < 1e-12);
    }
}
