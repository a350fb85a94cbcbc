//! `offpeak trace`: one home's decisions, with what it knew.

mod text;

use std::cell::RefCell;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use clap::Args;

use super::{Exit, Failure, interrupt, run, shipped};
use crate::experiment::trace::{self, Fact, Line, Request};
use crate::scenario::Loaded;
use crate::units::{Span, Time};
use crate::world::World;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Scenario file, or the name of a shipped scenario
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Which home, from 0
    #[arg(long, value_name = "N")]
    home: Option<u32>,
    /// The first moment told: a time of day such as 20:57 or 20:57:30.5; hours beyond 24 are those of
    /// later days [default: the beginning of the run]
    #[arg(long, value_name = "T", value_parser = moment)]
    from: Option<Span>,
    /// The last moment told; nothing later is simulated [default: the end of the run]
    #[arg(long, value_name = "T", value_parser = moment)]
    to: Option<Span>,
    /// Which arm [default: the first that is not the baseline]
    #[arg(long, value_name = "NAME")]
    arm: Option<String>,
    /// Which replication, from 0
    #[arg(long, value_name = "K", default_value_t = 0)]
    rep: u32,
    /// The number through which chance enters
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Lay a value over the file, such as run.homes=5000; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = shipped::set)]
    sets: Vec<(String, String)>,
    /// Print each fact as a line of JSON
    #[arg(long)]
    json: bool,
}

/// Homes named to somebody who named none.
const EXAMPLES: usize = 8;

pub(super) fn trace(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut sets = arguments.sets.clone();
    sets.extend(arguments.seed.map(|seed| ("run.seed".to_owned(), seed.to_string())));
    let loaded = shipped::load(&arguments.file, &sets)?;
    let arm = match &arguments.arm {
        Some(name) => run::arm(&loaded, name)?,
        None => loaded.arms.iter().position(|arm| !arm.baseline).unwrap_or(0),
    };
    let replications = loaded.scenario.run.replications;
    if arguments.rep >= replications {
        let last = replications - 1;
        return Err(usage(format!("--rep {}: replications are 0 to {last}", arguments.rep)));
    }
    let homes = loaded.scenario.run.homes;
    if let Some(home) = arguments.home.filter(|home| *home >= homes) {
        return Err(usage(format!("--home {home}: there are {homes} homes, 0 to {}", homes - 1)));
    }
    let (from, to) = interval(&loaded, arguments.from, arguments.to)?;
    let world = World::build(&loaded.scenario, &loaded.tables, arguments.rep);
    let Some(home) = arguments.home else {
        return Err(usage(which_home(&world, arguments.from.map_or(world.peak, |_| (from, to)))));
    };
    print(&loaded, &world, Request { arm, replication: arguments.rep, home, from, to }, arguments)
}

fn usage(message: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Usage, format!("error: {message}"))
}

/// How to find a home.
fn which_home(world: &World, (from, to): (Time, Time)) -> String {
    let intents = world.intents.iter().filter(|intent| (from..=to).contains(&intent.start));
    let mut named: Vec<String> = Vec::new();
    for intent in intents {
        let home = intent.home.0.to_string();
        if named.len() < EXAMPLES && !named.contains(&home) {
            named.push(home);
        }
    }
    let begin = match named.len() {
        0 => "nobody presses play then".to_owned(),
        _ => format!("some that press play then: {}", named.join(", ")),
    };
    let (last, span) =
        (world.homes.len() - 1, if from == world.peak.0 { "peak" } else { "--from" });
    format!("which home? --home N is missing: 0 to {last} ({span}: {begin})")
}

/// The interval asked for, in simulated time.
fn interval(
    loaded: &Loaded,
    from: Option<Span>,
    to: Option<Span>,
) -> Result<(Time, Time), Failure> {
    let settings = &loaded.scenario.run;
    let begin = settings.start.0;
    let end = begin + settings.warm_up + settings.length;
    let place = |name: &str, asked: Option<Span>, earliest: Span, default: Span| {
        let Some(asked) = asked else { return Ok(default) };
        // A time of day is its first one within the run.
        let later = asked < earliest && asked < Span::DAY && asked + Span::DAY <= end;
        let at = if later { asked + Span::DAY } else { asked };
        if at < begin || at > end {
            let clock = text::clock;
            let message = format!(
                "{name} {}: the run lasts from {} to {}",
                clock(asked.0),
                clock(begin.0),
                clock(end.0)
            );
            return Err(usage(message));
        }
        Ok(at)
    };
    let from = place("--from", from, begin, begin)?;
    let to = place("--to", to, begin, end)?;
    if from > to {
        let (from, to) = (text::clock(from.0), text::clock(to.0));
        return Err(usage(format!("--from {from} is after --to {to}")));
    }
    Ok((Time(from.0 - begin.0), Time(to.0 - begin.0)))
}

fn print(
    loaded: &Loaded,
    world: &World,
    request: Request,
    arguments: &Arguments,
) -> Result<Exit, Failure> {
    let interrupt = interrupt::flag()?;
    let page = Page { out: BufWriter::new(io::stdout().lock()), json: arguments.json, ended: None };
    let page = RefCell::new(page);
    let t_ns = request.from.0 + loaded.scenario.run.start.0.0;
    page.borrow_mut().add(&Line { t_ns, fact: Fact::Home(trace::head(loaded, world, request)) });
    let tell = |line| page.borrow_mut().add(&line);
    let stop = |_, _| interrupt.load(Ordering::Relaxed) || page.borrow().ended.is_some();
    let ended = trace::trace(loaded, world, request, tell, stop);
    if page.borrow_mut().close()? {
        ended.map_err(|_| run::interrupted("the trace ends here. To repeat it"))?;
    }
    Ok(Exit::Done)
}

/// Where facts are printed.
struct Page<W> {
    out: W,
    json: bool,
    /// Why nothing more can be printed.
    ended: Option<io::Error>,
}

impl<W: Write> Page<W> {
    fn add(&mut self, line: &Line) {
        let text = if self.json {
            serde_json::to_string(line).expect("invariant: facts are JSON")
        } else {
            text::line(line)
        };
        if self.ended.is_none() {
            self.ended = writeln!(self.out, "{text}").err();
        }
    }

    /// Whether all was printed that somebody reads: a reader that went away (`| head`) is no failure.
    fn close(&mut self) -> Result<bool, Failure> {
        let error = self.ended.take().map_or_else(|| self.out.flush().err(), Some);
        match error {
            None => Ok(true),
            Some(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
            Some(error) => Err(Failure::internal(format!("cannot print the trace: {error}"))),
        }
    }
}

/// A time of day, with seconds or without, on the first day or a later one.
fn moment(text: &str) -> Result<Span, String> {
    let wrong = || {
        format!(
            "\"{text}\" is not a time of day: write it as 20:57 or 20:57:30, or 44:57 for 20:57 of the second day"
        )
    };
    let mut parts = text.splitn(3, ':');
    let hours: u64 = parts.next().and_then(|hours| number(hours, 3)).ok_or_else(wrong)?;
    let minutes = parts.next().filter(|minutes| minutes.len() == 2);
    let minutes = minutes.and_then(|minutes| number(minutes, 2)).filter(|minutes| *minutes < 60);
    let minutes = minutes.ok_or_else(wrong)?;
    let seconds = match parts.next() {
        None => Span::ZERO,
        Some(seconds) => {
            let (whole, _) = seconds.split_once('.').unwrap_or((seconds, ""));
            number(whole, 2).filter(|whole| *whole < 60).ok_or_else(wrong)?;
            format!("{seconds} s").parse().map_err(|_| wrong())?
        }
    };
    Ok(Span::from_secs(hours * 3_600 + minutes * 60) + seconds)
}

/// A number of at most so many digits.
fn number(text: &str, digits: usize) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() <= digits;
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_read_to_the_nanosecond() {
        let ok = |text, ns| assert_eq!(moment(text), Ok(Span(ns)), "{text}");
        ok("20:57", (20 * 3_600 + 57 * 60) * 1_000_000_000);
        ok("00:00:00", 0);
        ok("44:57:30.5", ((44 * 3_600 + 57 * 60 + 30) * 10 + 5) * 100_000_000);
        for text in [
            "", "20", "20:5", "20:+5", "20:60", "20:57:60", "20:57:x", "-1:00", "20:57:3e",
            "+1:00", "1:00:+1", "9999:00",
        ] {
            assert!(moment(text).is_err(), "{text}");
        }
    }
}
