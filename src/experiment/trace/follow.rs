//! Follows one home through a run and turns what is told of it into facts.

use super::fact::{Fact, Lacks, Line, Origin, Sums, Title, UnderWay};
use crate::engine::Followed;
use crate::engine::causes::{FetchCause, TierCause, Why};
use crate::engine::observe::{Delivery, Ending, Moment, Observer, StallCause, Via};
use crate::peer::{End, Input, Item, Knows, Note, Output, Play, Slot, Stop};
use crate::units::{BitRate, Bytes, Span, Time};
use crate::world::World;

/// A transfer of the home.
#[derive(Clone, Copy)]
struct Record {
    item: Item,
    segment: u16,
    bytes: Bytes,
    origin: Origin,
    /// For the CDN: why not from a peer, as the home itself knew.
    cause: FetchCause,
    asked: Time,
}

/// The part of a run that is told.
#[derive(Clone, Copy)]
pub(super) struct Interval {
    pub(super) from: Time,
    pub(super) to: Time,
    /// The time of day at time zero.
    pub(super) clock: Span,
}

/// Follows a home.
pub(super) struct Follower<'w, T, S> {
    world: &'w World,
    home: u32,
    interval: Interval,
    /// Takes the facts.
    tell: T,
    /// Told how far it is; true stops the run.
    progress: S,
    /// Whether the interval has begun, and whether it is over.
    told: bool,
    pub(super) over: bool,
    on: bool,
    item: Option<Item>,
    position: u16,
    pressed: Time,
    stalled: Option<Time>,
    slots: [Option<Record>; Slot::COUNT],
    /// What a stall waits for: the slot, how fast it comes, and what has come.
    waits: Option<(Slot, BitRate, Bytes)>,
    came: [u64; Via::ALL.len()],
    sums: Sums,
}

impl<'w, T: FnMut(Line), S: FnMut(Time, u64) -> bool> Follower<'w, T, S> {
    pub(super) fn new(
        world: &'w World,
        home: u32,
        interval: Interval,
        tell: T,
        progress: S,
    ) -> Self {
        Self {
            world,
            home,
            interval,
            tell,
            progress,
            told: false,
            over: false,
            on: false,
            item: None,
            position: 0,
            pressed: Time::ZERO,
            stalled: None,
            slots: [None; Slot::COUNT],
            waits: None,
            came: [0; Via::ALL.len()],
            sums: Sums::default(),
        }
    }

    fn fact(&mut self, at: Time, fact: Fact) {
        if self.told {
            (self.tell)(Line { t_ns: at.0.saturating_add(self.interval.clock.0), fact });
        }
    }

    fn title(&self, item: Item) -> Title {
        let Item { title, rung } = item;
        Title { title, rank: self.world.catalogue.rank[title as usize], rung }
    }

    fn under_way(&self, now: Time) -> Vec<UnderWay> {
        let all = self.slots.iter().flatten();
        let mut all: Vec<UnderWay> = all.map(|record| record.under_way(now)).collect();
        all.sort_by_key(|transfer| transfer.segment);
        all
    }

    /// Whether it is of something else than what is watched.
    fn is_ahead(&self, item: Item) -> bool {
        self.item.is_none_or(|watched| watched.title != item.title)
    }

    /// Begins to tell.
    pub(super) fn begin(&mut self, at: Time) {
        self.told = true;
        let before = Fact::Before {
            on: self.on,
            watches: self.item.map(|item| self.title(item)),
            stalled_s: self.stalled.map(|since| at.since(since).as_secs_f64()),
            under_way: self.under_way(at),
        };
        self.fact(at, before);
        self.sums = Sums::default();
        self.came = [0; Via::ALL.len()];
    }

    /// Ends the interval with what it adds up to.
    pub(super) fn end(&mut self, at: Time) {
        if !self.told {
            self.begin(self.interval.from);
        }
        self.over = true;
        self.stood(at);
        let mut sums = std::mem::take(&mut self.sums);
        let named = Via::ALL.iter().map(|via| name(*via)).zip(self.came);
        sums.bytes = named.filter(|(_, bytes)| *bytes > 0).collect();
        self.fact(at, Fact::Sums(sums));
        self.told = false;
    }

    /// A stall is over, or the interval: what of it lies within counts.
    fn stood(&mut self, at: Time) {
        if let Some(since) = self.stalled.take() {
            let since = since.max(self.interval.from);
            self.sums.stalled_s += at.since(since).as_secs_f64();
        }
    }

    // ------------------------------------------------------------- its peer

    fn heard(&mut self, at: Time, input: Input<'_>) {
        let named = |homes: &[crate::peer::PeerId]| homes.iter().map(|home| home.0).collect();
        let fact = match input {
            Input::Play(play) => self.plays(at, &play),
            Input::Leave => Fact::Leaves,
            Input::Switch(_) | Input::Wake => return,
            Input::Candidates(list, swarm) | Input::CandidatesAhead(list, swarm) => Fact::Named {
                by_neighbour: false,
                ahead: matches!(input, Input::CandidatesAhead(..)),
                homes: named(list),
                holders: Some(swarm.holders),
                viewers: Some(swarm.viewers),
            },
            Input::Named(list) => Fact::Named {
                by_neighbour: true,
                ahead: false,
                homes: named(list),
                holders: None,
                viewers: None,
            },
            Input::Linked(home) => Fact::Connected { home: home.0 },
            Input::DialFailed(home) => Fact::NotConnected { home: home.0 },
            Input::Unlinked(home) => Fact::Gone { home: home.0 },
            Input::Choked(home) => Fact::Choke { home: home.0, choked: true },
            Input::Unchoked(home) => Fact::Choke { home: home.0, choked: false },
            Input::Arrived(slot) => {
                let Some(record) = self.slots[usize::from(slot.0)].take() else { return };
                Fact::Arrived {
                    segment: record.segment,
                    ahead: self.is_ahead(record.item),
                    from: record.origin,
                    bytes: record.bytes.0,
                    took_s: at.since(record.asked).as_secs_f64(),
                }
            }
            Input::Failed { slot, why, got } => {
                let Some(record) = self.slots[usize::from(slot.0)].take() else { return };
                let why = match why {
                    End::Refused(why) => why.name(),
                    End::PeerGone => "peer gone",
                    End::Corrupt => "corrupt",
                };
                Fact::Failed { segment: record.segment, from: record.origin, why, bytes: got.0 }
            }
        };
        self.fact(at, fact);
    }

    fn plays(&mut self, at: Time, play: &Play) -> Fact {
        (self.item, self.position, self.pressed) = (Some(play.item), play.from, at);
        Fact::Pressed { what: self.title(play.item), from: play.from, segments: play.segments }
    }

    fn knew(&mut self, at: Time, knows: &Knows) {
        let lacks = knows.lacks.iter().map(|lacking| Lacks {
            segment: lacking.segment,
            announced: lacking.announced,
            free: lacking.free,
            fetching: lacking.fetching,
        });
        let fact = Fact::Knew {
            position: knows.position,
            playing: knows.playing,
            buffered_s: knows.buffered.as_secs_f64(),
            neighbours: knows.neighbours,
            free: knows.free,
            dialing: knows.dialing,
            lacks: lacks.collect(),
            under_way: self.under_way(at),
        };
        self.fact(at, fact);
    }

    fn decides(&mut self, at: Time, input: Input<'_>, knows: Option<&Knows>, outputs: &[Output]) {
        self.heard(at, input);
        if let Some(knows) = knows {
            self.position = knows.position;
            if outputs.iter().any(is_decision) {
                self.knew(at, knows);
            }
        }
        let dials = outputs.iter().filter_map(|output| match output {
            Output::Dial(home) | Output::DialAhead(home) => Some(home.0),
            _ => None,
        });
        let homes: Vec<u32> = dials.collect();
        if !homes.is_empty() {
            self.fact(at, Fact::Dials { homes });
        }
    }

    fn does(&mut self, at: Time, output: &Output) {
        let fact = match *output {
            Output::Fetch { slot, item, segment, from, from_byte, to_byte, cause, .. } => {
                let home = match from {
                    crate::peer::Source::Peer(home) => Some(home.0),
                    crate::peer::Source::Cdn => None,
                };
                // Where that is comes next.
                let origin = Origin { via: "", home };
                let bytes = to_byte - from_byte;
                let cause = cause.into();
                let record = Record { item, segment, bytes, origin, cause, asked: at };
                self.slots[usize::from(slot.0)] = Some(record);
                return;
            }
            Output::Cancel { slot, why } => {
                let Some(record) = self.slots[usize::from(slot.0)].take() else { return };
                let timed_out = why == Stop::TimedOut;
                Fact::Cancels { segment: record.segment, from: record.origin, timed_out }
            }
            Output::AskDirectory => Fact::AsksDirectory { ahead: false },
            Output::AskAhead => Fact::AsksDirectory { ahead: true },
            Output::Hangup(home) => Fact::HangsUp { home: home.0 },
            Output::Holds(item) => Fact::Holds(self.title(item)),
            Output::Drops(item) => Fact::Drops(self.title(item)),
            Output::ChangesRung(item) => {
                self.item = Some(item);
                Fact::ChangesRung { to: item.rung }
            }
            Output::Closed => Fact::GivesUpNext,
            Output::Dial(_) | Output::DialAhead(_) | Output::Note(_) => return,
        };
        self.fact(at, fact);
    }

    fn asks(&mut self, at: Time, slot: Slot, via: Via, why: Why) {
        let Some(record) = &mut self.slots[usize::from(slot.0)] else { return };
        record.origin.via = name(via);
        let record = *record;
        let fact = Fact::Fetches {
            segment: record.segment,
            ahead: self.is_ahead(record.item),
            from: record.origin,
            bytes: record.bytes.0,
            why: (!via.is_peer()).then(|| why.cause.name()),
            knew: (!via.is_peer() && record.cause != why.cause).then(|| record.cause.name()),
            tier: (why.tier != TierCause::Nearest).then(|| why.tier.name()),
        };
        self.fact(at, fact);
    }

    // ------------------------------------------------------------ its player

    fn played(&mut self, at: Time, note: Note, cause: Option<StallCause>) {
        let fact = match note {
            Note::Started => Fact::Started { after_s: at.since(self.pressed).as_secs_f64() },
            Note::Stalled(_) => self.stalls(at, cause),
            Note::Resumed { waited } => {
                self.stood(at);
                Fact::Resumed { after_s: waited.as_secs_f64() }
            }
            Note::Played { .. } => {
                self.sums.played_s += self.world.catalogue.segment.as_secs_f64();
                return;
            }
            Note::Paused { paused } => Fact::Paused { for_s: paused.as_secs_f64() },
            Note::Sought { to, waited, shown } => {
                Fact::Sought { to, after_s: waited.as_secs_f64(), shown }
            }
            Note::Ended { started, stalled, complete, .. } => {
                self.stood(at);
                self.item = None;
                Fact::Ended { started, complete, stalled_s: stalled.as_secs_f64() }
            }
        };
        self.fact(at, fact);
    }

    fn stalls(&mut self, at: Time, cause: Option<StallCause>) -> Fact {
        self.stalled = Some(at);
        self.sums.stalls += 1;
        let waits_for = self.waits.take().and_then(|(slot, rate, got)| {
            let record = self.slots[usize::from(slot.0)]?;
            Some((record.under_way(at), rate.0, got.0))
        });
        let why = cause.unwrap_or(StallCause::NotRequested).name();
        Fact::Stalls { segment: self.position, waits_for, why }
    }
}

impl Record {
    fn under_way(&self, now: Time) -> UnderWay {
        let asked_s = now.since(self.asked).as_secs_f64();
        UnderWay { segment: self.segment, from: self.origin, asked_s }
    }
}

/// Whether what it knew explains it.
const fn is_decision(output: &Output) -> bool {
    matches!(output, Output::Fetch { .. } | Output::Cancel { .. } | Output::Note(Note::Stalled(_)))
}

/// As facts name it.
const fn name(via: Via) -> &'static str {
    match via {
        Via::PeerPop => "same place",
        Via::PeerIsp => "same provider",
        Via::PeerOther => "another provider",
        Via::Appliance => "appliance",
        Via::Exchange => "exchange",
        Via::Origin => "origin",
    }
}

const fn ending_name(ending: Ending) -> &'static str {
    match ending {
        Ending::Done => "all of it",
        Ending::Cancelled => "cancelled",
        Ending::TimedOut => "timed out",
        Ending::PeerGone => "connection gone",
        Ending::Refused => "refused",
        Ending::Corrupt => "corrupt",
        Ending::Needless => "another was first",
    }
}

impl<T: FnMut(Line), S: FnMut(Time, u64) -> bool> Observer for Follower<'_, T, S> {
    fn delivered(&mut self, _: Time, delivery: Delivery) {
        if delivery.home == self.home {
            self.came[delivery.via as usize] += delivery.bytes.0;
        } else if delivery.from == Some(self.home) {
            self.sums.sent += delivery.bytes.0;
        }
    }

    fn viewing(&mut self, at: Time, home: u32, moment: Moment, _: Bytes) {
        if let (true, Moment::Player(note, cause)) = (home == self.home, moment) {
            self.played(at, note, cause);
        }
    }

    #[inline]
    fn follows(&self) -> Option<u32> {
        Some(self.home)
    }

    fn followed(&mut self, at: Time, what: Followed<'_>) {
        let fact = match what {
            Followed::Decides { input, knows, outputs } => {
                self.decides(at, input, knows, outputs);
                return;
            }
            Followed::Does(output) => {
                self.does(at, output);
                return;
            }
            Followed::Asks { slot, via, why } => {
                self.asks(at, slot, via, why);
                return;
            }
            Followed::Waits { slot, rate, got } => {
                self.waits = Some((slot, rate, got));
                return;
            }
            Followed::Power(on) => {
                self.on = on;
                Fact::Power { on }
            }
            Followed::Asked { by: to, item, segment, answer } => {
                let what = self.title(item);
                match answer {
                    Ok(()) => Fact::Serves { to, what, segment },
                    Err(why) => {
                        self.sums.refused += 1;
                        Fact::Refuses { to, what, segment, why: why.name() }
                    }
                }
            }
            Followed::Sent { to, segment, ending, bytes, .. } => {
                Fact::Sent { to, segment, bytes: bytes.0, ending: ending_name(ending) }
            }
        };
        self.fact(at, fact);
    }

    #[inline]
    fn mark(&self) -> Time {
        // What happens at the very beginning belongs to it.
        let before = Time(self.interval.from.0.saturating_sub(1));
        if self.told { self.interval.to } else { before }
    }

    fn marked(&mut self, at: Time) -> bool {
        if !self.told && !self.over {
            self.begin(at.max(self.interval.from));
            return false;
        }
        self.end(at);
        true
    }

    fn checkpoint(&mut self, at: Time, events: u64) -> bool {
        (self.progress)(at, events)
    }
}
