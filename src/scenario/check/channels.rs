//! `[[channel]]`, and what live viewings ask of `[player]`.

use std::collections::BTreeSet;

use super::Checker;
use super::content::MOST_SEGMENTS;
use crate::scenario::model::{Player, Scenario};
use crate::scenario::resolve::ArmPlan;
use crate::units::{Share, Span};

/// Channels at most: each live viewing looks at all of them.
const MOST_CHANNELS: usize = 1_000;
/// Segments behind the newest at most.
const MOST_BEHIND: u64 = 1_000;

pub(super) fn check(scenario: &Scenario, plans: &[ArmPlan], c: &mut Checker<'_>) {
    let channels = &scenario.channel;
    let behind = u64::from(scenario.player.live_edge);
    let fits = c.count("player.live_edge", behind, 1, MOST_BEHIND);
    if scenario.demand.live.ppm() > 0 && channels.is_empty() {
        let message = "no [[channel]] is there to turn to";
        c.error("S0205", "demand.live", message, "needs a [[channel]]");
    }
    let sessions = scenario.csv.as_ref().is_some_and(|csv| csv.sessions.is_some());
    if !channels.is_empty() && scenario.demand.live == Share::ZERO && !sessions {
        let message = "a [[channel]] has no effect here: no viewing turns to one";
        c.warn("S0408", "channel.0", message, "needs `demand.live` above 0, or `csv.sessions`");
    }
    if channels.len() > MOST_CHANNELS {
        let message = format!("{} channels are too many", channels.len());
        c.error("S0202", "channel", message, format!("at most {MOST_CHANNELS}"));
    }
    let mut names = BTreeSet::new();
    for (at, channel) in channels.iter().enumerate() {
        let path = format!("channel.{at}");
        let name = format!("{path}.name");
        if !names.insert(&channel.name) {
            let message = format!("there are two channels called `{}`", channel.name);
            c.error("S0206", &name, message, "the second one");
        } else if channel.name.is_empty() || channel.name.parse::<u64>().is_ok() {
            let message = "a channel needs a name that is not the number of a title";
            c.error("S0205", &name, message, "a name");
        }
        if let Some(window) = &channel.on_air {
            super::run::rises(&format!("{path}.on_air"), window, c);
        }
        c.number(&format!("{path}.weight"), channel.weight, 0.0, 1e9);
        if channel.encode_delay > Span::from_secs(600) {
            c.span(&format!("{path}.encode_delay"), channel.encode_delay, Span::from_secs(600));
        }
    }
    let segment = scenario.video.segment;
    if channels.is_empty() || !fits || segment == Span::ZERO {
        return;
    }
    let run = scenario.run.warm_up + scenario.run.length;
    let count = run.0.div_ceil(segment.0) + 2 * behind + 4;
    if count > MOST_SEGMENTS {
        let message = format!("a channel would have {count} segments in this time");
        let label = format!("at most {MOST_SEGMENTS} segments a channel");
        c.error("S0217", "video.segment", message, label);
    }
    let ahead = (behind, segment.times(behind));
    holds(&scenario.player, ahead, c);
    for plan in plans {
        c.within(&plan.name, |c| holds(&plan.player, ahead, c));
    }
}

/// That viewers at the edge can hold what play-out waits for.
fn holds(player: &Player, (behind, ahead): (u64, Span), c: &mut Checker<'_>) {
    for (key, needed) in
        [("player.start_after", player.start_after), ("player.resume_after", player.resume_after)]
    {
        if needed > ahead {
            let message = format!("{needed} are never held {behind} segments, {ahead}, behind");
            let label = "at most `player.live_edge` × `video.segment` with a [[channel]]";
            c.error("S0217", key, message, label);
        }
    }
}
