//! Facts in words, one line each.

use crate::experiment::trace::{Fact, Head, Lacks, Line, Origin, Sums, Title, UnderWay};

const NS_PER_S: u64 = 1_000_000_000;

/// Nanoseconds since local midnight of the first day as a time of day; hours go on beyond 24.
pub(super) fn clock(t_ns: u64) -> String {
    let (s, ms) = (t_ns / NS_PER_S, t_ns % NS_PER_S / 1_000_000);
    format!("{:02}:{:02}:{:02}.{ms:03}", s / 3_600, s / 60 % 60, s % 60)
}

/// A fact in words.
pub(super) fn line(line: &Line) -> String {
    match &line.fact {
        Fact::Home(head) => self::head(head),
        fact => format!("{}  {}", clock(line.t_ns), words(fact)),
    }
}

fn head(head: &Head) -> String {
    let marks = [(head.metered, ", metered"), (head.battery, ", on battery")];
    let marks: String = marks.iter().filter(|(on, _)| *on).map(|(_, mark)| *mark).collect();
    let gives = match head.never_gives {
        None => "gives".to_owned(),
        Some(why) => format!("gives nothing ({why})"),
    };
    let evening = if head.down_evening_bps == head.down_bps {
        String::new()
    } else {
        format!(" ({} in the evening)", rate(head.down_evening_bps))
    };
    format!(
        "home {}: {}, {}, {}; {} down{evening}, {} up; rung {} ({}); {gives}{marks}; arm {}, \
         replication {}, seed {}",
        head.home,
        head.isp,
        head.place,
        head.device,
        rate(head.down_bps),
        rate(head.up_bps),
        head.rung,
        rate(head.rung_bps),
        head.arm,
        head.replication,
        head.seed,
    )
}

fn words(fact: &Fact) -> String {
    match fact {
        Fact::Home(head) => self::head(head),
        Fact::Sums(sums) => self::sums(sums),
        Fact::Before { .. } => before(fact),
        Fact::Power { on: true } => "box goes on".to_owned(),
        Fact::Power { on: false } => "box goes off".to_owned(),
        Fact::Started { .. }
        | Fact::Stalls { .. }
        | Fact::Resumed { .. }
        | Fact::Paused { .. }
        | Fact::Sought { .. }
        | Fact::Ended { .. } => player(fact),
        Fact::Serves { .. } | Fact::Refuses { .. } | Fact::Sent { .. } => given(fact),
        Fact::Knew { .. } => knew(fact),
        Fact::Fetches { .. }
        | Fact::Cancels { .. }
        | Fact::AsksDirectory { .. }
        | Fact::Dials { .. }
        | Fact::HangsUp { .. }
        | Fact::Holds(_)
        | Fact::Drops(_)
        | Fact::ChangesRung { .. }
        | Fact::GivesUpNext => decided(fact),
        _ => heard(fact),
    }
}

fn before(fact: &Fact) -> String {
    let Fact::Before { on, watches, stalled_s, under_way } = fact else { return String::new() };
    let box_on = if *on { "box on" } else { "box off" };
    let watches =
        watches.map_or("watches nothing".to_owned(), |what| format!("watches {}", title(what)));
    let stalled = stalled_s.map(|s| format!(", picture standing still for {}", seconds(s)));
    let flowing = if under_way.is_empty() {
        String::new()
    } else {
        format!("; under way {}", transfers(under_way))
    };
    format!("before: {box_on}, {watches}{}{flowing}", stalled.unwrap_or_default())
}

/// What came in.
fn heard(fact: &Fact) -> String {
    match fact {
        Fact::Pressed { what, from, segments } => {
            format!("pressed play on {}, from segment {from} of {segments}", title(*what))
        }
        Fact::Leaves => "viewer leaves".to_owned(),
        Fact::Arrived { segment, ahead, from, bytes, took_s } => format!(
            "segment {segment}{} arrived from {}: {} in {}",
            next(*ahead),
            origin(*from),
            amount(*bytes),
            seconds(*took_s)
        ),
        Fact::Failed { segment, from, why, bytes } => {
            format!("segment {segment} from {}: {why}, {} had come", origin(*from), amount(*bytes))
        }
        Fact::Named { by_neighbour: true, homes, .. } => {
            format!("neighbour named {}", list(homes))
        }
        Fact::Named { ahead, homes, holders, viewers, .. } => format!(
            "directory named {}{}; {} hold it, {} watch it",
            list(homes),
            next(*ahead),
            holders.unwrap_or_default(),
            viewers.unwrap_or_default()
        ),
        Fact::Connected { home } => format!("connected to home {home}"),
        Fact::NotConnected { home } => format!("no connection to home {home}"),
        Fact::Gone { home } => format!("connection to home {home} gone"),
        Fact::Choke { home, choked: true } => format!("home {home} does not serve it for now"),
        Fact::Choke { home, choked: false } => format!("home {home} serves it again"),
        _ => String::new(),
    }
}

fn knew(fact: &Fact) -> String {
    let Fact::Knew { position, playing, buffered_s, neighbours, free, dialing, lacks, under_way } =
        fact
    else {
        return String::new();
    };
    let state = if *playing { "playing" } else { "not playing" };
    let mut text = format!(
        "  knew: {state} at segment {position}, {} buffered; {neighbours} neighbours, {free} free",
        seconds(*buffered_s)
    );
    if *dialing > 0 {
        text += &format!(", {dialing} dialed");
    }
    if !lacks.is_empty() {
        let lacks: Vec<String> = lacks.iter().map(lack).collect();
        text += &format!("; lacks {}", lacks.join(", "));
    }
    if !under_way.is_empty() {
        text += &format!("; under way {}", transfers(under_way));
    }
    text
}

fn lack(lacks: &Lacks) -> String {
    let Lacks { segment, announced, free, fetching } = lacks;
    let fetching = if *fetching > 0 { format!(", {fetching} fetching") } else { String::new() };
    format!("{segment} ({announced} have it, {free} free{fetching})")
}

/// What it decided.
fn decided(fact: &Fact) -> String {
    match fact {
        Fact::Fetches { segment, ahead, from, bytes, why, knew, tier } => {
            let knew = knew.map(|knew| format!(" (all it knew: {knew})")).unwrap_or_default();
            let tier = tier.map(|tier| format!(", {tier}")).unwrap_or_default();
            let why = why.map(|why| format!(" because {why}{knew}{tier}")).unwrap_or_default();
            let (next, from) = (next(*ahead), origin(*from));
            format!("  fetches {segment}{next} from {from}{why}: {}", amount(*bytes))
        }
        Fact::Cancels { segment, from, timed_out } => {
            let why = if *timed_out { ": nothing came for too long" } else { "" };
            format!("  cancels {segment} from {}{why}", origin(*from))
        }
        Fact::AsksDirectory { ahead } => format!("  asks the directory{}", next(*ahead)),
        Fact::Dials { homes } => format!("  dials {}", list(homes)),
        Fact::HangsUp { home } => format!("  hangs up on home {home}"),
        Fact::Holds(what) => format!("  holds {}", title(*what)),
        Fact::Drops(what) => format!("  drops {}", title(*what)),
        Fact::ChangesRung { to } => format!("  changes to rung {to}"),
        Fact::GivesUpNext => "  gives up what it had fetched ahead".to_owned(),
        _ => String::new(),
    }
}

fn player(fact: &Fact) -> String {
    match fact {
        Fact::Started { after_s } => format!("  first picture after {}", seconds(*after_s)),
        Fact::Stalls { segment, waits_for: None, why } => {
            format!("  STALL waiting for segment {segment}: {why}")
        }
        Fact::Stalls { segment, waits_for: Some((transfer, bps, got)), why } => format!(
            "  STALL waiting for segment {segment}, asked {} ago of {}, {} here, coming at {}: {why}",
            seconds(transfer.asked_s),
            origin(transfer.from),
            amount(*got),
            rate(*bps)
        ),
        Fact::Resumed { after_s } => format!("  resumed after {}", seconds(*after_s)),
        Fact::Paused { for_s } => format!("  paused for {}", seconds(*for_s)),
        Fact::Sought { to, after_s, shown } => {
            let shown = if *shown { "picture" } else { "left without a picture" };
            format!("  went to segment {to}, {shown} after {}", seconds(*after_s))
        }
        Fact::Ended { started, complete, stalled_s } => {
            let how = match (started, complete) {
                (false, _) => "without a first picture",
                (true, true) => "all seen",
                (true, false) => "before its end",
            };
            let stalled = if *stalled_s > 0.0 {
                format!(", picture standing still for {}", seconds(*stalled_s))
            } else {
                String::new()
            };
            format!("  viewing over, {how}{stalled}")
        }
        _ => String::new(),
    }
}

/// What it did for others.
fn given(fact: &Fact) -> String {
    match fact {
        Fact::Serves { to, what, segment } => {
            format!("serves home {to}: segment {segment} of {}", title(*what))
        }
        Fact::Refuses { to, what, segment, why } => {
            format!("refuses home {to}: segment {segment} of {}: {why}", title(*what))
        }
        Fact::Sent { to, segment, bytes, ending } => {
            format!("sent home {to}: {} of segment {segment}, {ending}", amount(*bytes))
        }
        _ => String::new(),
    }
}

fn sums(sums: &Sums) -> String {
    let came: Vec<String> =
        sums.bytes.iter().map(|(from, bytes)| format!("{} {from}", amount(*bytes))).collect();
    let came = if came.is_empty() { "nothing".to_owned() } else { came.join(", ") };
    format!(
        "sums: played {}, stalled {} in {} stalls; came {came}; sent {}, refused {}",
        seconds(sums.played_s),
        seconds(sums.stalled_s),
        sums.stalls,
        amount(sums.sent),
        sums.refused
    )
}

// ----------------------------------------------------------------- pieces

fn title(Title { title, rank, rung }: Title) -> String {
    format!("title {title} (rank {rank}, rung {rung})")
}

fn next(ahead: bool) -> &'static str {
    if ahead { " of what may be next" } else { "" }
}

fn origin(origin: Origin) -> String {
    match origin.home {
        Some(home) => format!("home {home} ({})", origin.via),
        None => origin.via.to_owned(),
    }
}

fn transfers(all: &[UnderWay]) -> String {
    let one = |transfer: &UnderWay| format!("{} from {}", transfer.segment, origin(transfer.from));
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn list(homes: &[u32]) -> String {
    let names: Vec<String> = homes.iter().map(u32::to_string).collect();
    match names.len() {
        0 => "nobody".to_owned(),
        1 => format!("home {}", names[0]),
        count => format!("{count} homes ({})", names.join(", ")),
    }
}

fn seconds(seconds: f64) -> String {
    format!("{seconds:.3} s")
}

fn amount(bytes: u64) -> String {
    let (value, unit) = scaled(bytes as f64, ["B", "kB", "MB", "GB"]);
    if unit == "B" { format!("{bytes} B") } else { format!("{value:.2} {unit}") }
}

fn rate(bps: u64) -> String {
    let (value, unit) = scaled(bps as f64, ["bit/s", "kbit/s", "Mbit/s", "Gbit/s"]);
    let text = format!("{value:.1}");
    format!("{} {unit}", text.strip_suffix(".0").unwrap_or(&text))
}

fn scaled(value: f64, units: [&'static str; 4]) -> (f64, &'static str) {
    let (mut value, mut at) = (value, 0);
    while value >= 1_000.0 && at + 1 < units.len() {
        (value, at) = (value / 1_000.0, at + 1);
    }
    (value, units[at])
}
