//! How peers hear of each other and connect.

use core::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::SpanLaw;
use crate::units::{Bytes, Share, Span};

/// Who tells peers about each other.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Directory {
    /// Round trip to ask.
    pub rtt: Span,
    /// Names in one answer, at most.
    pub list: u32,
    /// Names in the answers to a viewing's further questions, at most; as many as in the first when
    /// absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_list: Option<u32>,
    /// Time between two questions of a viewer.
    pub refresh: Span,
    /// How old its view of who is there may be: changes are seen at multiples of this.
    pub staleness: Span,
    /// Whom it lists.
    pub among: Among,
    /// Which peers it names.
    pub order: Order,
    /// How far from who asks.
    pub scope: Scope,
}

/// Whom a directory lists under an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Among {
    /// Homes that give and hold at least one segment.
    #[default]
    Holders,
    /// Homes that watch it, whether they give or not.
    Viewers,
}

/// Which peers a directory names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Any of those listed, by chance.
    #[default]
    Random,
    /// Same place and provider first, then same provider, then others; by chance within.
    Locality,
}

/// How far from who asks the peers are of which it learns, from the directory or as an oracle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Anywhere.
    #[default]
    World,
    /// At the same provider.
    Isp,
    /// At the same provider and place.
    Place,
}

impl Scope {
    /// Whether homes of the same provider or not, and of the same place or not, learn of each other.
    pub const fn holds(self, same_isp: bool, same_place: bool) -> bool {
        match self {
            Self::World => true,
            Self::Isp => same_isp,
            Self::Place => same_isp && same_place,
        }
    }
}

/// How introductions become working connections.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mesh {
    /// Chance that an introduction becomes a working connection.
    pub success: Share,
    /// Time from introduction to connection.
    pub set_up: Span,
    /// Connections of one peer at a time.
    pub links: u32,
    /// Unacknowledged bytes of a connection between peers, at most; no limit when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Bytes>,
    /// Life of a connection, as a law or as the mean of an exponential one; endless when absent.
    #[serde(deserialize_with = "life", skip_serializing_if = "Option::is_none")]
    pub link_life: Option<SpanLaw>,
    /// A connection over which nothing has come for this long, either way, is closed; never when
    /// absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub give_up: Option<Span>,
    /// Whether neighbours tell each other whom they know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Exchange>,
    /// How long transfers between peers take by their path; only links hold them when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<PathTime>,
}

/// Neighbours tell each other the names of further peers of the same item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Exchange {
    /// Names in one message, at most. Default: BEP 11, `ut_pex`.
    pub names: u32,
    /// Time between two messages over a connection, each way. Default: BEP 11.
    pub every: Span,
}

/// How long a reference amount takes from one peer to another when nothing else holds it back:
/// `base × exp(ε) + per_rtt × round trip`, ε normal, the sum of four independent effects, each with its
/// standard deviation here. Defaults are fitted to links of a live service of 2020 (experiment C1 of
/// `offpeak validate`).
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct PathTime {
    /// The reference amount; others take in proportion.
    pub size: Bytes,
    /// The median without distance.
    pub base: Span,
    /// What each unit of round trip adds.
    pub per_rtt: f64,
    /// Effect of who sends.
    pub sender: f64,
    /// Effect of who receives.
    pub receiver: f64,
    /// Effect of the pair, one for each direction.
    pub pair: f64,
    /// Effect of the single transfer.
    pub transfer: f64,
}

/// A law, or a bare time: the mean of an exponential one.
fn life<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SpanLaw>, D::Error> {
    struct Life;

    impl<'de> Visitor<'de> for Life {
        type Value = SpanLaw;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a length of time in quotes with its unit, such as \"15 min\", or a law")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<SpanLaw, E> {
            let wrong = |error| E::custom(format_args!("\"{text}\" {error}"));
            let mean = text.parse().map_err(wrong)?;
            Ok(SpanLaw::Exponential { mean })
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SpanLaw, A::Error> {
            let law = SpanLaw::deserialize(de::value::MapAccessDeserializer::new(&mut map))?;
            if map.next_key::<de::IgnoredAny>()?.is_some() {
                return Err(de::Error::custom("wanted exactly 1 element, more than 1 element"));
            }
            Ok(law)
        }
    }

    from.deserialize_any(Life).map(Some)
}

impl Default for Directory {
    fn default() -> Self {
        Self {
            rtt: Span::from_millis(60),
            list: 20,
            refresh_list: None,
            refresh: Span::from_secs(20),
            staleness: Span::from_secs(20),
            among: Among::Holders,
            order: Order::Random,
            scope: Scope::World,
        }
    }
}

impl Default for Mesh {
    fn default() -> Self {
        Self {
            success: Share::from_ppm(700_000),
            set_up: Span::from_millis(600),
            links: 10,
            window: None,
            link_life: None,
            give_up: None,
            exchange: None,
            path: None,
        }
    }
}

impl Default for Exchange {
    fn default() -> Self {
        Self { names: 50, every: Span::from_secs(60) }
    }
}

impl Default for PathTime {
    fn default() -> Self {
        Self {
            size: Bytes(1_290_000),
            base: Span::from_millis(2_200),
            per_rtt: 15.5,
            sender: 0.48,
            receiver: 0.44,
            pair: 0.48,
            transfer: 0.62,
        }
    }
}
