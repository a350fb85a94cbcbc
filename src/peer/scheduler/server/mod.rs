//! When the CDN is asked: rules that open its gate, each for a stretch ahead of the play position. A
//! file per rule; a scheduler may have several, and the widest holds.

mod head_first;
mod loading_peer;
mod panic;
mod peak_aware;
mod random_http;
mod web_seed;
mod window;

pub use head_first::HeadFirst;
pub use loading_peer::WaitForLoadingPeer;
pub use panic::Panic;
pub use peak_aware::PeakAware;
pub use random_http::RandomHttp;
pub use web_seed::WebSeed;
pub use window::{First, Window};

use core::fmt;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::super::viewing::{Desk, Viewing};
use super::named::choices;
use crate::units::Span;

choices! {
    /// A rule about when the CDN is asked.
    pub enum Gate ("a rule for the server") {
        Window(Window) = "window", "the CDN within a time of the play position";
        Panic(Panic) = "panic", "the CDN alone from when the buffer is short until it is long enough";
        HeadFirst(HeadFirst) = "head-first", "the first seconds of a viewing from the CDN";
        RandomHttp(RandomHttp) = "random-http", "what no neighbour has or fetches, at random times, one for all";
        WaitForLoadingPeer(WaitForLoadingPeer) = "wait-for-loading-peer", "what a neighbour fetches from the CDN is waited for while there is time";
        PeakAware(PeakAware) = "peak-aware", "a window that is narrower in busy hours";
        WebSeed(WebSeed) = "web-seed", "the CDN as one more peer that has everything";
    }
}

/// The rules of one scheduler.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gates([Option<Gate>; Self::MOST]);

impl Gates {
    /// Most rules there can be.
    pub const MOST: usize = 5;

    /// These rules; those beyond [`Self::MOST`] are refused with `None`.
    pub fn of(rules: &[Gate]) -> Option<Self> {
        let mut gates = Self::default();
        for (at, rule) in rules.iter().enumerate() {
            *gates.0.get_mut(at)? = Some(*rule);
        }
        Some(gates)
    }

    /// In their order.
    pub fn iter(&self) -> impl Iterator<Item = &Gate> {
        self.0.iter().flatten()
    }

    /// Whether the CDN is asked at random times.
    pub(super) fn at_random(&self) -> Option<&RandomHttp> {
        self.iter().find_map(|gate| match gate {
            Gate::RandomHttp(own) => Some(own),
            _ => None,
        })
    }

    /// What the rules come to now.
    pub(super) fn open(&self, viewing: &mut Viewing, desk: &Desk<'_>) -> Open {
        let at = viewing.player.position;
        let mut open = Open { cdn_first: at, peers_first: at, wait: Span::ZERO, seeds: false };
        for gate in self.0.iter().flatten() {
            match gate {
                Gate::Window(own) => own.open(viewing, desk, &mut open),
                Gate::Panic(own) => own.open(viewing, desk, &mut open),
                Gate::HeadFirst(own) => own.open(viewing, desk, &mut open),
                Gate::PeakAware(own) => own.open(viewing, desk, &mut open),
                Gate::WaitForLoadingPeer(own) => open.wait = own.until,
                Gate::WebSeed(_) => open.seeds = true,
                Gate::RandomHttp(_) => {}
            }
        }
        open
    }
}

/// How far the gate is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Open {
    /// Up to here the CDN is asked rather than a peer.
    pub(super) cdn_first: u16,
    /// Up to here the CDN is asked for what no peer can send.
    pub(super) peers_first: u16,
    /// What a neighbour fetches is waited for until it is needed within this; at once when zero.
    pub(super) wait: Span,
    /// Whether the CDN counts as a peer.
    pub(super) seeds: bool,
}

impl Open {
    /// Opens it up to `end`, for the CDN first or after peers.
    pub(super) fn to(&mut self, end: u16, first: First) {
        let side = match first {
            First::Cdn => &mut self.cdn_first,
            First::Peers => &mut self.peers_first,
        };
        *side = end.max(*side);
    }

    /// Up to here the CDN may be asked.
    pub(super) fn end(&self) -> u16 {
        self.cdn_first.max(self.peers_first)
    }
}

impl Serialize for Gates {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Gates {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Rules;
        impl<'de> Visitor<'de> for Rules {
            type Value = Gates;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a rule for the server, or up to {} in a list", Gates::MOST)
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Gates, E> {
                let gate = Gate::deserialize(StrDeserializer::new(name))?;
                Ok(Gates::of(&[gate]).expect("one is few enough"))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Gates, A::Error> {
                let gate = Gate::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Gates::of(&[gate]).expect("one is few enough"))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Gates, A::Error> {
                let mut gates = Gates::default();
                let mut count = 0;
                while let Some(gate) = list.next_element::<Gate>()? {
                    let Some(place) = gates.0.get_mut(count) else {
                        return Err(de::Error::invalid_length(count + 1, &self));
                    };
                    *place = Some(gate);
                    count += 1;
                }
                Ok(gates)
            }
        }
        from.deserialize_any(Rules)
    }
}
