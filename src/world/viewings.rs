//! What every home intends to watch, drawn in one pass from the past to the end, so that history is
//! what simulated days would have been.
//!
//! A home is present in spells; while present and idle it starts to watch at a rate that follows
//! the day, times an activity of its own. It takes a title by weight that it has not seen (or, for
//! the share that returns, one that it has), and watches for a drawn length cut by the title's end
//! and by leaving, rounded up to whole segments.

use crate::rng::{Draw, Lognormal, Roll, Site};
use crate::scenario::model::Player;
use crate::scenario::{Scenario, Tables};
use crate::units::{Share, Span, Time};

use super::actions::Actions;
use super::catalogue::Titles;
use super::clock::Clock;
use super::curve::Hazard;
use super::laws::Law;
use super::presence::Presence;
use super::{Action, Catalogue, Does, HomeId, Intent, Past, starts};

/// Drawn before the history and forgotten, so that it begins with viewings under way.
pub(super) const RUN_IN_S: f64 = 6.0 * 3_600.0;

/// A viewer wants the set for at least this long.
const SHORTEST_WANT: Span = Span::from_secs(60);

/// Draws of a home at [`Site::Start`].
const ACTIVITY: u32 = 0;
const GAPS: u32 = 1;

/// Draws that everyone shares.
struct Demand<'a> {
    dice: &'a Draw,
    clock: &'a Clock,
    catalogue: &'a Catalogue,
    titles: &'a Titles,
    presence: Presence,
    starts: Hazard,
    activity: Lognormal,
    length: Law,
    rewatch: Share,
    patience: Patience,
    actions: Actions,
    zaps: Option<(Share, Law)>,
    /// Nanoseconds before time 0.
    history: i64,
}

/// What one home intends, while it is drawn.
#[derive(Default)]
struct Plan {
    /// Titles so far, each once.
    seen: Vec<u32>,
    past: Vec<Past>,
    /// Where its intents begin in the list of all.
    first: usize,
    /// Nanoseconds from time 0 at which the last viewing ends.
    free_from: i64,
}

/// All that is drawn of viewings.
pub(super) struct Drawn {
    /// In order of (start, home).
    pub(super) intents: Vec<Intent>,
    /// For each of them what its viewer does; empty when nobody does anything.
    pub(super) actions: Vec<Box<[Action]>>,
    /// For each home what it watched before.
    pub(super) history: Vec<Vec<Past>>,
}

/// Intents as they are drawn, with what is done in them when anything is.
type Intents = (Vec<Intent>, Vec<Box<[Action]>>);

/// When viewers give up.
struct Patience {
    player: Player,
    stall: Option<Law>,
}

/// Draws all viewings.
pub(super) fn draw(
    scenario: &Scenario,
    tables: &Tables,
    dice: &Draw,
    clock: &Clock,
    catalogue: &Catalogue,
    titles: &Titles,
) -> Drawn {
    let presence = Presence::new(scenario, tables);
    let length = match &tables.watching {
        Some(spans) => Law::measured(spans),
        None => Law::new(&scenario.demand.length),
    };
    let demand = Demand {
        starts: starts::rate(scenario, tables, &presence, titles, &length),
        activity: Lognormal::around_one(scenario.demand.spread),
        rewatch: scenario.demand.rewatch,
        patience: Patience {
            player: scenario.player.clone(),
            stall: scenario.player.stall_patience.as_ref().map(Law::new),
        },
        actions: Actions::new(&scenario.demand, catalogue.segment),
        zaps: scenario.demand.zap.as_ref().map(|zap| (zap.share, Law::new(&zap.length))),
        history: i64::try_from(scenario.run.history.0).unwrap_or(i64::MAX),
        dice,
        clock,
        catalogue,
        titles,
        presence,
        length,
    };
    let mut drawn: Intents = (Vec::new(), Vec::new());
    let mut plan = Plan::default();
    let history = (0..scenario.run.homes).map(|home| {
        demand.home(HomeId(home), &mut plan, &mut drawn);
        plan.past.as_slice().to_vec()
    });
    let history = history.collect();
    let (mut intents, mut actions) = drawn;
    let key = |intent: &Intent| (intent.start, intent.home);
    if !actions.is_empty() {
        let mut order: Vec<usize> = (0..intents.len()).collect();
        order.sort_unstable_by_key(|at| key(&intents[*at]));
        actions = order.iter().map(|at| std::mem::take(&mut actions[*at])).collect();
    }
    intents.sort_unstable_by_key(key);
    Drawn { intents, actions, history }
}

impl Demand<'_> {
    fn home(&self, home: HomeId, plan: &mut Plan, drawn: &mut Intents) {
        let begin = -(self.history as f64 / 1e9) - RUN_IN_S;
        let until = self.clock.local(self.clock.until.0 as f64 / 1e9);
        let activity = self.activity.draw(&mut self.dice.at(Site::Start, home.0, ACTIVITY));
        let mut gaps = self.dice.at(Site::Start, home.0, GAPS);
        let mut ordinal = 0;
        plan.seen.clear();
        plan.past.clear();
        plan.first = drawn.0.len();
        plan.free_from = i64::MIN;
        for (arrive, leave) in self.presence.spells(self.dice, home.0, self.clock.local(begin)) {
            if arrive >= until {
                break;
            }
            let mut now = arrive;
            let mut zapping = false;
            loop {
                // Starts while something runs are dropped: as the next start does not depend on
                // how long ago the last was, that is to begin at the end of what runs.
                now = now.max(self.clock.local(plan.free_from as f64 / 1e9));
                if !zapping {
                    let gap = gaps.exponential() / activity;
                    if gap >= self.starts.until(leave) - self.starts.until(now) {
                        break;
                    }
                    now = self.starts.after(now, gap);
                }
                if now >= leave || now >= until {
                    break;
                }
                let leave = self.clock.instant(leave);
                let start = self.clock.instant(now).max(plan.free_from);
                let zap = self.zap(home, ordinal);
                let busy = plan.free_from;
                self.view((home, ordinal, zap), (start, leave), plan, drawn);
                zapping = zap.is_some() && plan.free_from > busy;
                ordinal += 1;
            }
        }
    }

    /// How long a viewing lasts that is a zap: another follows at once. `None` when it is not.
    fn zap(&self, home: HomeId, ordinal: u32) -> Option<f64> {
        let (share, length) = self.zaps.as_ref()?;
        let mut roll = self.dice.at(Site::Zap, home.0, ordinal);
        roll.chance(*share).then(|| length.draw(&mut roll))
    }

    /// Draws the viewing that starts at `time.0`, with the home left at `time.1`.
    fn view(
        &self,
        (home, ordinal, zap): (HomeId, u32, Option<f64>),
        time: (i64, i64),
        plan: &mut Plan,
        (intents, actions): &mut Intents,
    ) {
        let (start, leave) = time;
        let mut roll = self.dice.at(Site::Viewing, home.0, 2 * ordinal);
        let wanted = self.length.draw(&mut roll);
        let wanted = zap.unwrap_or(wanted);
        let Some(title) = self.title(start, &plan.seen, &mut roll) else {
            return;
        };
        let watched = wanted.min(self.titles.runtime[title as usize]).max(0.0);
        let watched = Span::from_secs_f64(watched).0.min(leave.abs_diff(start));
        let segment = self.catalogue.segment.0.max(1);
        let most = self.catalogue.segments[title as usize];
        let segments = u16::try_from(watched.div_ceil(segment)).unwrap_or(most).clamp(1, most);
        if !plan.seen.contains(&title) {
            plan.seen.push(title);
        }
        let playing = |segments: u16| {
            let ns = segment.saturating_mul(segments.into());
            i64::try_from(ns).unwrap_or(i64::MAX)
        };
        plan.free_from = start.saturating_add(playing(segments));

        // Segments begun before time 0 are past, the rest is intended.
        let begun = start.min(0).unsigned_abs().div_ceil(segment);
        let from = u16::try_from(begun).unwrap_or(u16::MAX).min(segments);
        if from > 0 && start >= -self.history {
            plan.past.push(Past { title, from: 0, segments: from });
        }
        if from == segments {
            return;
        }
        let start = start.saturating_add(playing(from));
        let start = Time(u64::try_from(start).unwrap_or(0));
        if start >= self.clock.until {
            return;
        }
        if let Some(last) = intents[plan.first..].last_mut() {
            last.deadline = last.deadline.min(start).max(last.start + SHORTEST_WANT);
        }
        let mut left = segments - from;
        if self.actions.any() {
            let (all, played) = self.actions.draw(self.dice, (home.0, ordinal), (from, left, most));
            left = played;
            plan.free_from = ends_at(start, playing(left), &all);
            actions.push(all.into());
        }
        let leave = Time(u64::try_from(leave).unwrap_or(0));
        let mut roll = self.dice.at(Site::Viewing, home.0, 2 * ordinal + 1);
        intents.push(Intent {
            home,
            start,
            title,
            from,
            segments: left,
            patience: self.patience.at_start(&mut roll),
            stall_patience: self.patience.with_stalls(&mut roll),
            deadline: leave.max(start + SHORTEST_WANT),
        });
    }

    /// One the home has seen, or a new one; `None` when nothing is out.
    fn title(&self, start: i64, seen: &[u32], roll: &mut Roll) -> Option<u32> {
        if roll.chance(self.rewatch) && !seen.is_empty() {
            return Some(seen[roll.below(seen.len() as u32) as usize]);
        }
        self.titles.choice.draw(start as f64 / 1e9, seen, roll)
    }
}

/// When a viewing is over that plays for so long with pauses, nothing else in its way.
fn ends_at(start: Time, playing: i64, actions: &[Action]) -> i64 {
    let paused = actions.iter().fold(Span::ZERO, |sum, action| match action.does {
        Does::Pause(length) => sum + length,
        Does::Seek(_) => sum,
    });
    i64::try_from((start + paused).0).unwrap_or(i64::MAX).saturating_add(playing)
}

impl Patience {
    /// Among viewers who wait, the same share of the first ones leaves with each second.
    fn at_start(&self, roll: &mut Roll) -> Span {
        let lost = self.player.lost_per_second.as_f64();
        let unit = roll.unit();
        if lost <= 0.0 {
            return Span(u64::MAX);
        }
        self.player.patience + Span::from_secs_f64(unit / lost)
    }

    fn with_stalls(&self, roll: &mut Roll) -> Span {
        match &self.stall {
            Some(law) => Span::from_secs_f64(law.draw(roll)),
            None => Span(u64::MAX),
        }
    }
}
