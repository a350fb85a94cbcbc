//! The schedulers and their parameters, as a scenario names them.

use core::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::units::Span;

/// When a segment is fetched, and from whom. In a file either the bare name, with defaults
/// (`"hybrid"`), or the name with parameters (`{ hybrid = { http_parallel = 1 } }`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheduler {
    /// Everything from the CDN, in order: the floor against which offload is measured.
    CdnOnly(CdnOnly),
    /// p2p-media-loader 2.3: CDN near the play position, peers further ahead.
    Hybrid(Hybrid),
    /// Knows every holder and its free uplink at no cost: a reference.
    Oracle(Oracle),
}

/// Parameters of `cdn-only`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct CdnOnly {
    /// Fetch up to this far ahead of the play position.
    pub ahead: Span,
    /// Transfers at once.
    pub http_parallel: u32,
    /// Give up a transfer that brings no byte for this long.
    pub http_idle: Span,
    /// Tries before a failure is remembered.
    pub retries: u32,
    /// How long it is remembered.
    pub failure_memory: Span,
}

/// Parameters of `hybrid`; defaults are those of p2p-media-loader 2.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hybrid {
    /// Within this of the play position the CDN comes first.
    pub high_demand: Span,
    /// Random CDN fetches reach this far.
    pub http_window: Span,
    /// Peers are asked this far ahead.
    pub p2p_window: Span,
    /// CDN transfers at once.
    pub http_parallel: u32,
    /// Peer transfers at once.
    pub p2p_parallel: u32,
    /// Give up a CDN transfer that brings no byte for this long.
    pub http_idle: Span,
    /// Give up a peer transfer that brings no byte for this long.
    pub p2p_idle: Span,
    /// Tries before a failure is remembered.
    pub retries: u32,
    /// How long it is remembered.
    pub failure_memory: Span,
}

/// Parameters of `oracle`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Oracle {
    /// Fetch up to this far ahead of the play position.
    pub ahead: Span,
    /// Within this of the play position the CDN is asked when no uplink is free.
    pub high_demand: Span,
    /// CDN transfers at once.
    pub http_parallel: u32,
    /// Peer transfers at once.
    pub p2p_parallel: u32,
    /// Give up a CDN transfer that brings no byte for this long.
    pub http_idle: Span,
    /// Give up a peer transfer that brings no byte for this long.
    pub p2p_idle: Span,
}

impl Default for CdnOnly {
    fn default() -> Self {
        Self {
            ahead: Span::from_secs(15),
            http_parallel: 2,
            http_idle: Span::from_secs(3),
            retries: 3,
            failure_memory: Span::from_secs(60),
        }
    }
}

impl Default for Hybrid {
    fn default() -> Self {
        Self {
            high_demand: Span::from_secs(15),
            http_window: Span::from_secs(3000),
            p2p_window: Span::from_secs(6000),
            http_parallel: 2,
            p2p_parallel: 3,
            http_idle: Span::from_secs(3),
            p2p_idle: Span::from_secs(2),
            retries: 3,
            failure_memory: Span::from_secs(60),
        }
    }
}

impl Default for Oracle {
    fn default() -> Self {
        Self {
            ahead: Span::from_secs(60),
            high_demand: Span::from_secs(15),
            http_parallel: 2,
            p2p_parallel: 3,
            http_idle: Span::from_secs(3),
            p2p_idle: Span::from_secs(2),
        }
    }
}

impl Scheduler {
    /// Every scheduler with its defaults.
    pub const NAMES: [&'static str; 3] = ["cdn-only", "hybrid", "oracle"];

    /// As a scenario names it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CdnOnly(_) => Self::NAMES[0],
            Self::Hybrid(_) => Self::NAMES[1],
            Self::Oracle(_) => Self::NAMES[2],
        }
    }

    /// With its defaults; `None` for an unknown name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "cdn-only" => Some(Self::CdnOnly(CdnOnly::default())),
            "hybrid" => Some(Self::Hybrid(Hybrid::default())),
            "oracle" => Some(Self::Oracle(Oracle::default())),
            _ => None,
        }
    }

    /// One line for `offpeak list policies`.
    pub const fn about(&self) -> &'static str {
        match self {
            Self::CdnOnly(_) => "everything from the CDN, in order; the baseline",
            Self::Hybrid(_) => {
                "p2p-media-loader 2.3: CDN within 15 s of the play position, peers further ahead"
            }
            Self::Oracle(_) => "knows every holder and its free uplink at no cost; a reference",
        }
    }
}

impl<'de> Deserialize<'de> for Scheduler {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Named;
        impl<'de> Visitor<'de> for Named {
            type Value = Scheduler;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a scheduler: \"cdn-only\", \"hybrid\" or \"oracle\", or one of them with parameters")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Scheduler, E> {
                Scheduler::named(name).ok_or_else(|| E::unknown_variant(name, &Scheduler::NAMES))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scheduler, A::Error> {
                #[derive(Deserialize)]
                #[serde(rename_all = "kebab-case")]
                enum Tag {
                    CdnOnly,
                    Hybrid,
                    Oracle,
                }
                let tag: Option<Tag> = map.next_key()?;
                let scheduler = match tag {
                    Some(Tag::CdnOnly) => Scheduler::CdnOnly(map.next_value()?),
                    Some(Tag::Hybrid) => Scheduler::Hybrid(map.next_value()?),
                    Some(Tag::Oracle) => Scheduler::Oracle(map.next_value()?),
                    None => return Err(de::Error::custom("name one scheduler")),
                };
                match map.next_key::<Tag>()? {
                    None => Ok(scheduler),
                    Some(_) => Err(de::Error::custom("name only one scheduler")),
                }
            }
        }
        from.deserialize_any(Named)
    }
}
