//! What every home intends to watch, drawn in one pass from the past to the end, so that history is
//! what simulated days would have been.
//!
//! A home is present in spells; while present and idle it starts to watch at a rate that follows
//! the day, times an activity of its own. It takes a title by weight that it has not seen (or, for
//! the share that returns, one that it has), and watches for a drawn length cut by the title's end
//! and by leaving, rounded up to whole segments.

use crate::rng::{Draw, Lognormal, Roll, Site};
use crate::scenario::model::{Player, Sequence};
use crate::scenario::{Scenario, Tables};
use crate::units::{Share, Span, Time};

use super::actions::Actions;
use super::catalogue::Titles;
use super::clock::Clock;
use super::curve::Hazard;
use super::laws::Law;
use super::live::{Lineup, OnAir};
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
    lineup: &'a Lineup,
    live: Share,
    sequence: Option<Sequence>,
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
    /// What its viewer goes on to then.
    goes_on: Option<u32>,
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
pub(super) struct Patience {
    player: Player,
    stall: Option<Law>,
}

/// A viewing as it would go, wherever time 0 lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Viewed {
    /// `None` for a broadcast that is over before time 0.
    pub(super) title: Option<u32>,
    pub(super) live: bool,
    /// Nanoseconds from time 0.
    pub(super) start: i64,
    pub(super) segments: u16,
}

/// Draws all viewings.
pub(super) fn draw(
    scenario: &Scenario,
    tables: &Tables,
    dice: &Draw,
    clock: &Clock,
    (catalogue, titles, lineup): (&Catalogue, &Titles, &Lineup),
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
        lineup,
        live: scenario.demand.live,
        sequence: scenario.demand.sequence,
        patience: Patience::new(&scenario.player),
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
            plan.goes_on = None;
            loop {
                if self.go_on(home, ordinal, leave, plan, drawn) {
                    ordinal += 1;
                    continue;
                }
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
                self.view((home, ordinal, zap), (start, leave), None, plan, drawn);
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

    /// Draws the viewing that the last one leads to, which is no zap; false when it leads to none, or
    /// the home is left before.
    fn go_on(
        &self,
        home: HomeId,
        ordinal: u32,
        leave: f64,
        plan: &mut Plan,
        drawn: &mut Intents,
    ) -> bool {
        let (Some(sequence), Some(title)) = (self.sequence, plan.goes_on.take()) else {
            return false;
        };
        let pause = i64::try_from(sequence.pause.0).unwrap_or(i64::MAX);
        let (start, leave) = (plan.free_from.saturating_add(pause), self.clock.instant(leave));
        let goes_on = start < leave;
        if goes_on {
            self.view((home, ordinal, None), (start, leave), Some(title), plan, drawn);
        }
        goes_on
    }

    /// Draws the viewing that starts at `time.0`, with the home left at `time.1`; of a title when it
    /// is `given`.
    fn view(
        &self,
        (home, ordinal, zap): (HomeId, u32, Option<f64>),
        time: (i64, i64),
        given: Option<u32>,
        plan: &mut Plan,
        (intents, actions): &mut Intents,
    ) {
        let (start, leave) = time;
        let mut roll = self.dice.at(Site::Viewing, home.0, 2 * ordinal);
        let wanted = self.length.draw(&mut roll);
        let lasts = (start, leave, zap.unwrap_or(wanted));
        let viewed = match given {
            Some(title) => Some(self.on_demand(title, lasts, plan)),
            None => self.chosen(home, ordinal, lasts, plan, &mut roll),
        };
        let Some(viewed) = viewed else {
            return;
        };
        let next = self.next(home, ordinal, &viewed, plan);
        plan.goes_on = plan.goes_on.filter(|_| zap.is_none());
        plan.free_from = start.saturating_add(self.catalogue.playing(viewed.segments));
        let (past, intent) = viewed.split(self.catalogue, self.lineup, -self.history);
        plan.past.extend(past);
        let Some(intent) = intent.filter(|intent| intent.start < self.clock.until) else {
            return;
        };
        let start = intent.start;
        // Who goes on has no end but leaving: the next viewing ends the one before.
        if let Some(last) = intents[plan.first..].last_mut().filter(|_| given.is_none()) {
            last.deadline = last.deadline.min(start).max(last.start + SHORTEST_WANT);
        }
        let mut segments = intent.segments;
        if self.actions.any() {
            // Who watches live stays where it is.
            let end = (!viewed.live).then(|| self.catalogue.segments[intent.title as usize]);
            let run = (intent.from, segments, end);
            let (all, played) = self.actions.draw(self.dice, (home.0, ordinal), run);
            segments = played;
            plan.free_from = ends_at(start, self.catalogue.playing(segments), &all);
            actions.push(all.into());
        }
        let leave = Time(u64::try_from(leave).unwrap_or(0));
        let mut roll = self.dice.at(Site::Viewing, home.0, 2 * ordinal + 1);
        intents.push(Intent {
            home,
            segments,
            patience: self.patience.at_start(&mut roll),
            stall_patience: self.patience.with_stalls(&mut roll),
            deadline: leave.max(start + SHORTEST_WANT),
            next,
            ..intent
        });
    }

    /// What is chosen, and for how long; `None` when nothing is out.
    fn chosen(
        &self,
        home: HomeId,
        ordinal: u32,
        (start, leave, wanted): (i64, i64, f64),
        plan: &mut Plan,
        roll: &mut Roll,
    ) -> Option<Viewed> {
        let segment = self.catalogue.segment;
        if let Some(on_air) = self.turns_to(home, ordinal, start) {
            let left = leave.min(on_air.to).abs_diff(start);
            let watched = Span::from_secs_f64(wanted.max(0.0)).0.min(left);
            let segments = of_segments(Span(watched), segment, u16::MAX);
            return Some(Viewed { title: on_air.title, live: true, start, segments });
        }
        let title = self.title(start, &plan.seen, roll)?;
        Some(self.on_demand(title, (start, leave, wanted), plan))
    }

    /// How long a title is watched.
    fn on_demand(
        &self,
        title: u32,
        (start, leave, wanted): (i64, i64, f64),
        plan: &mut Plan,
    ) -> Viewed {
        let watched = wanted.min(self.titles.runtime[title as usize]).max(0.0);
        let watched = Span::from_secs_f64(watched).0.min(leave.abs_diff(start));
        let most = self.catalogue.segments[title as usize];
        let segments = of_segments(Span(watched), self.catalogue.segment, most);
        if !plan.seen.contains(&title) {
            plan.seen.push(title);
        }
        Viewed { title: Some(title), live: false, start, segments }
    }

    /// The channel that a viewing turns to; `None` for one on demand.
    fn turns_to(&self, home: HomeId, ordinal: u32, start: i64) -> Option<OnAir> {
        if self.live == Share::ZERO {
            return None;
        }
        let mut roll = self.dice.at(Site::Live, home.0, ordinal);
        if roll.chance(self.live) { self.lineup.choose(start, &mut roll) } else { None }
    }

    /// What comes after a viewing in its list; notes in the plan whether the viewer goes on to it.
    fn next(&self, home: HomeId, ordinal: u32, viewed: &Viewed, plan: &mut Plan) -> Option<u32> {
        let sequence = self.sequence.filter(|_| !viewed.live)?;
        let mut roll = self.dice.at(Site::Sequence, home.0, ordinal);
        let (known, followed) = (roll.chance(sequence.known), roll.chance(sequence.followed));
        let next = if known { self.title(viewed.start, &plan.seen, &mut roll) } else { None };
        let next = next.filter(|next| Some(*next) != viewed.title);
        plan.goes_on = next.filter(|_| followed);
        next
    }

    /// One the home has seen, or a new one; `None` when nothing is out.
    fn title(&self, start: i64, seen: &[u32], roll: &mut Roll) -> Option<u32> {
        if roll.chance(self.rewatch) && !seen.is_empty() {
            return Some(seen[roll.below(seen.len() as u32) as usize]);
        }
        self.titles.choice.draw(start as f64 / 1e9, seen, roll)
    }
}

/// Segments begun within `watched`: at least one, at most `most`.
pub(super) fn of_segments(watched: Span, segment: Span, most: u16) -> u16 {
    u16::try_from(watched.0.div_ceil(segment.0.max(1))).unwrap_or(most).clamp(1, most)
}

/// When a viewing is over that plays for so long with pauses, nothing else in its way.
fn ends_at(start: Time, playing: i64, actions: &[Action]) -> i64 {
    let paused = actions.iter().fold(Span::ZERO, |sum, action| match action.does {
        Does::Pause(length) => sum + length,
        Does::Seek(_) => sum,
    });
    i64::try_from((start + paused).0).unwrap_or(i64::MAX).saturating_add(playing)
}

impl Viewed {
    /// What of it is past, and what is intended from time 0 on: segments begun before time 0 are past,
    /// the rest begins where the next one does. Past is what began no earlier than `earliest`, on
    /// demand; whoever watches live is at the edge at time 0, too. The intent's home and limits are
    /// left to fill in.
    pub(super) fn split(
        self,
        catalogue: &Catalogue,
        lineup: &Lineup,
        earliest: i64,
    ) -> (Option<Past>, Option<Intent>) {
        let Self { title: Some(title), live, start, segments } = self else {
            return (None, None);
        };
        let begun = start.min(0).unsigned_abs().div_ceil(catalogue.segment.0.max(1));
        let from = u16::try_from(begun).unwrap_or(u16::MAX).min(segments);
        let kept = from > 0 && start >= earliest && !live;
        let past = kept.then_some(Past { title, from: 0, segments: from });
        let start = start.saturating_add(catalogue.playing(from));
        let start = Time(u64::try_from(start).unwrap_or(0));
        let mut intent = Intent {
            home: HomeId(0),
            start,
            title,
            from,
            segments: segments - from,
            patience: Span::ZERO,
            stall_patience: Span::ZERO,
            deadline: start,
            next: None,
        };
        if live {
            intent.from = lineup.join(catalogue, title, start);
            let left = catalogue.segments[title as usize].saturating_sub(intent.from);
            intent.segments = intent.segments.min(left);
        }
        (past, (intent.segments > 0).then_some(intent))
    }
}

impl Catalogue {
    /// How long segments play, in nanoseconds.
    fn playing(&self, segments: u16) -> i64 {
        let ns = self.segment.0.saturating_mul(segments.into());
        i64::try_from(ns).unwrap_or(i64::MAX)
    }
}

impl Patience {
    pub(super) fn new(player: &Player) -> Self {
        Self { player: player.clone(), stall: player.stall_patience.as_ref().map(Law::new) }
    }

    /// Among viewers who wait, the same share of the first ones leaves with each second.
    pub(super) fn at_start(&self, roll: &mut Roll) -> Span {
        let lost = self.player.lost_per_second.as_f64();
        let unit = roll.unit();
        if lost <= 0.0 {
            return Span(u64::MAX);
        }
        self.player.patience + Span::from_secs_f64(unit / lost)
    }

    pub(super) fn with_stalls(&self, roll: &mut Roll) -> Span {
        match &self.stall {
            Some(law) => Span::from_secs_f64(law.draw(roll)),
            None => Span(u64::MAX),
        }
    }
}
