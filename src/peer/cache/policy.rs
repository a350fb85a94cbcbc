//! The policies, each with its rule in a file of its own.

use core::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::book::{Book, Stock};
use super::gdsf::Gdsf;
use super::lfu::Lfu;
use super::lru::Lru;
use super::none::Nothing;
use super::played_oldest::PlayedOldest;
use super::replica_aware::ReplicaAware;
use super::s3_fifo::S3Fifo;
use super::sieve::Sieve;

/// How many hold an item and how many watch it, as the directory's answer said. No fresher than the
/// answer; who is off counts among the holders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swarm {
    /// Homes that hold some of it and give.
    pub holders: u32,
    /// Homes that watch it, the asker among them.
    pub viewers: u32,
}

/// Which item gives up something next. `at` is the place of an item's note in the book.
pub(super) trait Rule {
    /// As a scenario names it.
    fn name(&self) -> &'static str;

    /// One line for `offpeak list policies`.
    fn about(&self) -> &'static str;

    /// A parameter that makes no sense, and what would.
    fn wrong(&self) -> Option<(&'static str, &'static str)> {
        None
    }

    /// Whether anything is kept after a viewing.
    fn keeps(&self) -> bool {
        true
    }

    /// Whether it needs to know more than what is held, in order of use.
    fn keeps_notes(&self) -> bool {
        true
    }

    /// The first segment of an item came in; its note is the last.
    fn came(&self, _: &mut Book, _: usize) {}

    /// A further segment of an item came in.
    fn grew(&self, _: &mut Book, _: usize) {}

    /// A viewing of an item that is held begins.
    fn used(&self, _: &mut Book, _: usize) {}

    /// The directory has told of an item that is held.
    fn heard(&self, _: &mut Book, _: usize, _: Swarm) {}

    /// The last segment of an item was evicted; its note goes next.
    fn leaves(&self, _: &mut Book, _: usize) {}

    /// The first run of the next victim: something of it may go. `None` when nothing may go at all.
    /// Asked again without a change in between, the answer is the same.
    fn victim(&self, stock: &mut Stock<'_>) -> Option<usize>;
}

macro_rules! policies {
    ($($(#[$meta:meta])* $arm:ident $(($own:ident: $params:ident))? = $rule:expr,)+) => {
        /// What goes when a cache is full. In a file either the bare name, with defaults
        /// (`"s3-fifo"`), or the name with parameters (`{ s3-fifo = { small = 0.1 } }`).
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
        #[serde(remote = "Self", rename_all = "kebab-case")]
        pub enum CachePolicy {
            $($(#[$meta])* $arm $(($params))?,)+
        }

        impl CachePolicy {
            /// Every policy with its defaults.
            pub const ALL: [Self; [$(stringify!($arm)),+].len()] =
                [$(Self::$arm $(($params::DEFAULT))?),+];

            pub(super) fn rule(&self) -> &dyn Rule {
                match self {
                    $(Self::$arm $(($own))? => $rule,)+
                }
            }
        }
    };
}

policies! {
    /// Least recently used title first.
    #[default]
    Lru = &Lru,
    /// Earliest segment that was played first, as in p2p-media-loader 2.3.
    PlayedOldest = &PlayedOldest,
    /// Newcomers in a small row, what proved itself in a main one.
    S3Fifo(own: S3Fifo) = own,
    /// A hand that passes over what was used.
    Sieve = &Sieve,
    /// Least frequently used title first, with ageing.
    Lfu(own: Lfu) = own,
    /// Fewest viewings per byte first, with ageing.
    Gdsf = &Gdsf,
    /// Most copies per viewer first.
    ReplicaAware(own: ReplicaAware) = own,
    /// Nothing is kept after the viewing.
    None = &Nothing,
}

impl CachePolicy {
    /// As a scenario names it.
    pub fn name(&self) -> &'static str {
        self.rule().name()
    }

    /// One line for `offpeak list policies`.
    pub fn about(&self) -> &'static str {
        self.rule().about()
    }

    /// With its defaults; `None` for an unknown name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// A parameter that makes no sense, and what would.
    pub fn wrong(&self) -> Option<(&'static str, &'static str)> {
        self.rule().wrong()
    }

    /// Whether anything is kept after a viewing.
    pub fn keeps(&self) -> bool {
        self.rule().keeps()
    }
}

impl Serialize for CachePolicy {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, to)
    }
}

impl<'de> Deserialize<'de> for CachePolicy {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Named;
        impl<'de> Visitor<'de> for Named {
            type Value = CachePolicy;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a cache policy, or the name with parameters")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<CachePolicy, E> {
                // What is derived knows bare names of policies without parameters, and all names.
                CachePolicy::named(name)
                    .map_or_else(|| CachePolicy::deserialize(name.into_deserializer()), Ok)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CachePolicy, A::Error> {
                CachePolicy::deserialize(MapAccessDeserializer::new(map))
            }
        }
        from.deserialize_any(Named)
    }
}
