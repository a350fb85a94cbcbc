//! Viewings from a table in place of drawn ones: who watches what from when to when is said, what
//! the table leaves open is drawn.

use crate::rng::{Draw, Site};
use crate::scenario::Scenario;
use crate::scenario::tables::{SessionRow, SessionTable, Shown};
use crate::units::{Span, Time};

use super::clock::Clock;
use super::live::Lineup;
use super::viewings::{Drawn, Patience, Viewed, of_segments};
use super::{Catalogue, HomeId, Intent, Past};

/// What the table says; what viewers do while they watch it does not. Of a table with more homes than
/// the scenario has now, the first are taken.
pub(super) fn replay(
    scenario: &Scenario,
    table: &SessionTable,
    dice: &Draw,
    (clock, catalogue, lineup): (&Clock, &Catalogue, &Lineup),
) -> Drawn {
    let patience = Patience::new(&scenario.player);
    let (mut intents, mut history) = (Vec::new(), Vec::<Vec<Past>>::new());
    history.resize_with(scenario.run.homes as usize, Vec::new);
    let of_homes = table.rows.chunk_by(|a, b| a.home == b.home);
    for rows in of_homes.filter(|rows| rows[0].home < scenario.run.homes) {
        for (at, row) in rows.iter().enumerate() {
            // The next one ends it.
            let next = rows.get(at + 1).map_or(i64::MAX, |next| next.start);
            let end = row.start.saturating_add(row.length.0 as i64).min(next);
            let Some((viewed, leave)) = viewed(row, end, (clock, catalogue, lineup)) else {
                continue;
            };
            let earliest = -i64::try_from(scenario.run.history.0).unwrap_or(i64::MAX);
            let (past, intent) = viewed.split(catalogue, lineup, earliest);
            history[row.home as usize].extend(past);
            let Some(intent) = intent.filter(|own| own.start < clock.until && leave > own.start)
            else {
                continue;
            };
            let mut roll = dice.at(Site::Viewing, row.home, 2 * at as u32 + 1);
            intents.push(Intent {
                home: HomeId(row.home),
                patience: patience.at_start(&mut roll),
                stall_patience: patience.with_stalls(&mut roll),
                deadline: leave,
                ..intent
            });
        }
    }
    intents.sort_unstable_by_key(|intent| (intent.start, intent.home));
    Drawn { intents, actions: Vec::new(), history }
}

/// What a row comes to, and when the viewer leaves; `None` when nothing is left of it.
fn viewed(
    row: &SessionRow,
    end: i64,
    (clock, catalogue, lineup): (&Clock, &Catalogue, &Lineup),
) -> Option<(Viewed, Time)> {
    let midnight = clock.instant(0.0);
    let (start, mut end) = (row.start.saturating_add(midnight), end.saturating_add(midnight));
    let (title, live, most) = match row.shown {
        Shown::Title(title) => (Some(title), false, catalogue.segments[title as usize]),
        Shown::Channel(channel) => {
            let on_air = lineup.tune(channel, start)?;
            end = end.min(on_air.to);
            (on_air.title, true, u16::MAX)
        }
    };
    let watched = Span(u64::try_from(end.saturating_sub(start)).unwrap_or(0));
    let segments = of_segments(watched, catalogue.segment, most);
    let leave = Time(u64::try_from(end).unwrap_or(0));
    Some((Viewed { title, live, start, segments }, leave))
}
