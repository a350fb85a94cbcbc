//! What a scenario says, as values: one struct per table of the file.
//!
//! Every quantity carries its unit in its type. A field with a default may be left out of the file;
//! `scenario.resolved.toml` shows it filled in. Meaning across fields is checked in [`super::check`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::peer::cache::CachePolicy;
use crate::peer::scheduler::Scheduler;
use crate::units::{BitRate, Bytes, Share, Span, TimeOfDay};

/// A whole scenario file.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Version of this format: 1.
    pub schema: u32,
    /// One line for plots and reports.
    pub title: String,
    /// How much is simulated.
    pub run: Run,
    /// Tables that replace parts of this file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub csv: Option<Csv>,
    /// How links are shared and how far it is.
    #[serde(default)]
    pub network: Network,
    /// Where homes are: points of presence. Empty when `csv.places` names a table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub place: Vec<Place>,
    /// Which places are connected. Empty when `csv.links` names a table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub link: Vec<Link>,
    /// Kinds of access line, by name. Empty when `csv.homes` names a table.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub line: BTreeMap<String, Line>,
    /// Access providers.
    pub isp: Vec<Isp>,
    /// The content delivery network above the providers.
    pub cdn: Cdn,
    /// Kinds of device, by name; their shares add up to 1.
    pub device: BTreeMap<String, Device>,
    /// When boxes are powered. Empty when `csv.box_on` names a table.
    #[serde(rename = "box", default, skip_serializing_if = "BoxOn::is_empty")]
    pub box_on: BoxOn,
    /// When people are at home and awake.
    pub at_home: AtHome,
    /// When people start to watch, and for how long.
    pub demand: Demand,
    /// What there is to watch.
    pub catalogue: Catalogue,
    /// How it is encoded.
    pub video: Video,
    /// When play-out starts and resumes, and when viewers give up.
    #[serde(default)]
    pub player: Player,
    /// Who tells peers about each other.
    #[serde(default)]
    pub directory: Directory,
    /// How introductions become working connections.
    #[serde(default)]
    pub mesh: Mesh,
    /// What is compared, by name; exactly one is the baseline.
    pub arm: BTreeMap<String, Arm>,
    /// How results are summarised.
    #[serde(default)]
    pub report: Report,
}

/// How much is simulated.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Homes that exist; how many watch follows from demand.
    pub homes: u32,
    /// Local time at which the simulation begins.
    pub start: TimeOfDay,
    /// Simulated first, not measured.
    pub warm_up: Span,
    /// Measured after the warm-up.
    pub length: Span,
    /// The window called `peak`, within the measured time.
    pub peak: Window,
    /// Viewing before the start that fills caches by the steady-state draw: days of each home's
    /// own past intents put through its cache without a network.
    #[serde(default)]
    pub history: Span,
    /// Chance enters only through this number.
    #[serde(default = "one")]
    pub seed: u64,
    /// Independent repetitions of every arm; repetition k shows all arms the same viewers.
    #[serde(default = "one_u32")]
    pub replications: u32,
    /// Width of a bin in `series.csv`; divides warm-up and length.
    #[serde(default = "five_minutes")]
    pub bin: Span,
}

/// From one time of day to another, the second later on the same day.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Begins at.
    pub from: TimeOfDay,
    /// Ends before.
    pub to: TimeOfDay,
}

/// CSV files (columns in `docs/scenarios.md`), relative to `folder`, itself relative to the scenario.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Csv {
    /// Folder of the tables.
    pub folder: String,
    /// `pop,name,lat,lon,population`; replaces `[[place]]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub places: Option<String>,
    /// `a,b,km,one_way_ms` between rows of `places`; replaces `[[link]]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<String>,
    /// `home,pop,residents,isp,tech,down_mbps,down_peak_mbps,up_mbps,rtt_ms,loss_pct`, one row a
    /// home, drawn with replacement; an optional column `weight`; replaces `[line]`, `isp.lines`,
    /// `isp.market_share` and `isp.evening_factor`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub homes: Option<String>,
    /// `day,slot10min,p_household_active,p_household_watching_tv`; the weekday rows replace
    /// `at_home.present`, `demand.starts` and, with `demand.service_share`,
    /// `demand.sessions_per_home_day`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demand: Option<String>,
    /// `title_id,kind,views,runtime_min,hours_viewed`; replaces `popularity` and `runtime` of `[catalogue]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub titles: Option<String>,
    /// `segment,rung,kbps_nominal,bytes`; replaces ladder and sizes of `[video]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segments: Option<String>,
    /// `session,duration_s,chunks`; replaces `demand.length`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watching: Option<String>,
    /// `node,start_s,end_s`; its on and off times replace `[box]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub box_on: Option<String>,
}

/// How links are shared and how far it is.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Network {
    /// How flows share a link.
    pub sharing: Sharing,
    /// Path delay between places as a multiple of the straight-line delay of light in glass.
    pub fibre_factor: f64,
    /// Speed of light in glass: delay per kilometre.
    pub delay_per_km: Span,
}

/// How flows share a link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sharing {
    /// Exact weighted max-min fairness with per-flow caps.
    #[default]
    MaxMin,
}

/// A point of presence and the people around it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Its name, used by `[[link]]`.
    pub name: String,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// People around it; homes are spread in proportion.
    pub population: u64,
}

/// A connection between two places, for delay.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// One end.
    pub a: String,
    /// The other end.
    pub b: String,
    /// Straight-line length in kilometres.
    pub km: f64,
}

/// A kind of access line: quantiles at equal steps from 0 to 100 %, linear in between.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Towards the home. The same draw picks `down` and `up`, as a better line is better both ways.
    pub down: Vec<BitRate>,
    /// From the home.
    pub up: Vec<BitRate>,
    /// Round-trip time from the home to its place, drawn independently.
    pub rtt: Vec<Span>,
}

/// An access provider.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Isp {
    /// Its name.
    pub name: String,
    /// Its share of homes, 0 when left out; all add up to 1. Left out with `csv.homes`, whose rows
    /// say it.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub market_share: Share,
    /// Which kinds of `[line]` its homes have; shares add up to 1. Not needed with `csv.homes`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lines: BTreeMap<String, Share>,
    /// Download rate during the evening as a part of the daily one, measured; it stands for the
    /// provider's own congestion during `evening`. Use it or `aggregation` contention for the same
    /// bottleneck, never both. Left out with `csv.homes`, which has an evening rate of its own.
    #[serde(default = "whole")]
    pub evening_factor: Share,
    /// When `evening_factor` holds.
    #[serde(default = "eight_to_ten")]
    pub evening: Window,
    /// Where traffic between neighbours turns around.
    #[serde(default)]
    pub turn_around: TurnAround,
    /// Capacity between homes of a place and the provider's core, per home served.
    pub aggregation: Duplex,
    /// Capacity towards other networks, per home served.
    pub interconnect: Duplex,
    /// A CDN appliance inside this provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appliance: Option<Tier>,
}

/// Where traffic between two homes of one place turns around.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TurnAround {
    /// In the place itself: the aggregation is not used.
    Place,
    /// At the core: neighbours cross the aggregation up and down.
    #[default]
    Core,
}

/// A capacity in each direction, per home served.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Duplex {
    /// Towards homes.
    pub down: BitRate,
    /// From homes.
    pub up: BitRate,
}

/// One tier of servers.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// What it can send, per home it serves.
    pub egress: BitRate,
    /// The titles it holds: this share of the catalogue, the most popular first.
    pub holds: Share,
    /// Round-trip time beyond the home's own line.
    pub rtt: Span,
}

/// The content delivery network above the providers. What a tier does not hold, or cannot send
/// because its egress is full, the next one sends.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Cdn {
    /// Where networks meet; reached over the interconnect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Tier>,
    /// Holds everything; reached over the interconnect.
    pub origin: Origin,
}

/// The last tier; it holds everything.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// What it can send, per home.
    pub egress: BitRate,
    /// Round-trip time beyond the home's own line.
    pub rtt: Span,
}

/// A kind of device that plays, keeps and sends.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Its share of homes; all add up to 1.
    pub share: Share,
    /// What is kept on disk.
    pub cache: Cache,
    /// Memory for segments around the play position, when they are not in the cache.
    #[serde(default = "default_memory")]
    pub memory: Bytes,
    /// What it gives.
    #[serde(default)]
    pub upload: Upload,
    /// Share of the standby pattern: how much of the time outside viewing the box stays powered,
    /// relative to `[box]`; 0 switches it off with the picture.
    #[serde(default = "whole")]
    pub standby: Share,
}

/// What is kept on disk.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// Never held more than this.
    pub size: Bytes,
    /// What goes when it is full.
    #[serde(default)]
    pub policy: CachePolicy,
}

/// What a device gives to others.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Upload {
    /// Share of homes with this device that give at all.
    pub permitted: Share,
    /// Transfers at once.
    pub slots: u32,
    /// Part of the line's upstream that may be used.
    pub share: Share,
    /// At most this for one transfer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<BitRate>,
}

/// When boxes are powered without being watched: alternating on and off times.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BoxOn {
    /// Length of a time on.
    pub on: SpanLaw,
    /// Length of a time off.
    pub off: SpanLaw,
}

/// When people are at home and awake.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AtHome {
    /// Share of homes with somebody present, over the day. Empty with `csv.demand`.
    #[serde(default, skip_serializing_if = "Curve::is_empty")]
    pub present: Curve,
    /// Mean length of a presence; it ends the viewing.
    pub spell: Span,
}

/// When people start to watch, and for how long.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    /// Mean viewings a home starts per day. Zero with `csv.demand`, where the rate follows from
    /// `service_share`, the table and the mean of `length`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sessions_per_home_day: f64,
    /// Relative rate of starts over the day; only its shape counts. Empty with `csv.demand`.
    #[serde(default, skip_serializing_if = "Curve::is_empty")]
    pub starts: Curve,
    /// Spread of viewing between homes: standard deviation of the logarithm of their rates.
    #[serde(default)]
    pub spread: f64,
    /// How long people watch, cut by the title's end and by leaving. Empty with `csv.watching`.
    #[serde(default, skip_serializing_if = "SpanLaw::is_empty")]
    pub length: SpanLaw,
    /// Share of viewings that return to a title the home has watched before.
    #[serde(default)]
    pub rewatch: Share,
    /// With `csv.demand`: share of households watching television that watch this service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_share: Option<Share>,
}

/// A smooth curve over the day: `floor` plus bell-shaped bumps, the day closed into a ring.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    /// Its lowest value.
    pub floor: f64,
    /// What is added: `height × exp(−½ ((t − at) / width)²)`.
    #[serde(default)]
    pub bumps: Vec<Bump>,
}

/// One bump of a [`Curve`].
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Bump {
    /// Its middle.
    pub at: TimeOfDay,
    /// Its standard deviation.
    pub width: Span,
    /// Its height.
    pub height: f64,
}

/// A law for lengths of time.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SpanLaw {
    /// Always the same.
    Constant(Span),
    /// Without memory.
    Exponential {
        /// Mean.
        mean: Span,
    },
    /// Normal in the logarithm.
    Lognormal {
        /// Half are shorter.
        median: Span,
        /// Mean, above the median.
        mean: Span,
    },
    /// Weibull.
    Weibull {
        /// Shape; 1 is exponential.
        shape: f64,
        /// Mean.
        mean: Span,
    },
    /// Quantiles at equal steps from 0 to 100 %, linear in between.
    Quantiles(Vec<Span>),
}

/// What there is to watch.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Number of titles.
    pub titles: u32,
    /// How viewings spread over titles; `None` only with `csv.titles`, whose views are the weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub popularity: Option<Popularity>,
    /// What a new title gains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<Release>,
    /// Running time of a title. Empty with `csv.titles`.
    #[serde(default, skip_serializing_if = "SpanLaw::is_empty")]
    pub runtime: SpanLaw,
}

/// How viewings spread over titles, before releases.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Popularity {
    /// Rank k weighs `(k + q)^−s`; q = 0 is Zipf's law.
    ZipfMandelbrot {
        /// Exponent.
        s: f64,
        /// Flattening of the head.
        q: f64,
    },
}

/// What a new title gains: a title released `age` ago weighs `1 + boost × 2^(−age / half_life)`
/// times its base weight.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// New titles a week; they take random ranks.
    pub per_week: f64,
    /// Gain at release.
    pub boost: f64,
    /// Time in which the gain halves.
    pub half_life: Span,
}

/// How titles are encoded.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Video {
    /// Playing time of a segment.
    pub segment: Span,
    /// Rates of the rungs, rising. Filled from `csv.segments` when that names a table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ladder: Vec<BitRate>,
    /// Spread of segment sizes around their rung: coefficient of variation. Zero with
    /// `csv.segments`.
    #[serde(default)]
    pub size_spread: f64,
    /// A viewing plays the highest rung within this part of the evening download rate, the same in
    /// every arm.
    pub headroom: Share,
}

/// When play-out starts and resumes, and when viewers give up.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Player {
    /// Media needed before the first picture.
    pub start_after: Span,
    /// Media needed to resume after a stall.
    pub resume_after: Span,
    /// Waiting at the start that nobody minds.
    pub patience: Span,
    /// Share of viewers lost per second of waiting beyond `patience`.
    pub lost_per_second: Share,
    /// Total stalled time after which a viewer leaves; drawn per viewing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stall_patience: Option<SpanLaw>,
}

/// Who tells peers about each other.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Directory {
    /// Round trip to ask.
    pub rtt: Span,
    /// Names in one answer, at most.
    pub list: u32,
    /// Time between two questions of a viewer.
    pub refresh: Span,
    /// How old its view of who is there may be: changes are seen at multiples of this.
    pub staleness: Span,
    /// Which peers it names.
    pub order: Order,
}

/// Which peers a directory names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Any holders, by chance.
    #[default]
    Random,
    /// Same place and provider first, then same provider, then others; by chance within.
    Locality,
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
    /// Mean life of a connection; endless when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_life: Option<Span>,
}

/// One thing that is compared.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Arm {
    /// What the others are compared with.
    #[serde(default, skip_serializing_if = "is_false")]
    pub baseline: bool,
    /// How segments are fetched.
    pub scheduler: Scheduler,
    /// Keys of this file with other values in this arm, such as `"device.stick.cache.size"`.
    /// Only `device`, `directory` and `mesh` may differ: viewers must stay the same.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, toml::Value>,
}

/// How results are summarised.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Report {
    /// Confidence of intervals.
    pub confidence: Share,
}

impl SpanLaw {
    /// Whether nothing is said: no quantiles at all. What a left out law becomes.
    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Quantiles(quantiles) if quantiles.is_empty())
    }
}

impl Default for SpanLaw {
    /// Nothing said.
    fn default() -> Self {
        Self::Quantiles(Vec::new())
    }
}

impl Curve {
    /// Whether it is zero all day. What a left out curve becomes.
    pub fn is_empty(&self) -> bool {
        self.floor == 0.0 && self.bumps.is_empty()
    }
}

impl BoxOn {
    /// Whether nothing is said.
    pub const fn is_empty(&self) -> bool {
        self.on.is_empty() && self.off.is_empty()
    }
}

impl Default for Network {
    fn default() -> Self {
        Self { sharing: Sharing::MaxMin, fibre_factor: 1.9, delay_per_km: Span(5_000) }
    }
}

impl Default for Upload {
    fn default() -> Self {
        Self { permitted: Share::ONE, slots: 4, share: Share::from_ppm(800_000), cap: None }
    }
}

impl Default for Player {
    fn default() -> Self {
        Self {
            start_after: Span::from_secs(4),
            resume_after: Span::from_secs(4),
            patience: Span::from_secs(2),
            lost_per_second: Share::from_ppm(58_000),
            stall_patience: None,
        }
    }
}

impl Default for Directory {
    fn default() -> Self {
        Self {
            rtt: Span::from_millis(60),
            list: 20,
            refresh: Span::from_secs(20),
            staleness: Span::from_secs(20),
            order: Order::Random,
        }
    }
}

impl Default for Mesh {
    fn default() -> Self {
        Self {
            success: Share::from_ppm(700_000),
            set_up: Span::from_millis(600),
            links: 10,
            link_life: None,
        }
    }
}

impl Default for Report {
    fn default() -> Self {
        Self { confidence: Share::from_ppm(950_000) }
    }
}

const fn one() -> u64 {
    1
}
const fn one_u32() -> u32 {
    1
}
const fn five_minutes() -> Span {
    Span::from_secs(300)
}
const fn whole() -> Share {
    Share::ONE
}
const fn eight_to_ten() -> Window {
    Window {
        from: TimeOfDay(Span::from_secs(20 * 3600)),
        to: TimeOfDay(Span::from_secs(22 * 3600)),
    }
}
const fn default_memory() -> Bytes {
    Bytes(256_000_000)
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_nothing(share: &Share) -> bool {
    share.ppm() == 0
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_zero(value: &f64) -> bool {
    *value == 0.0
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_false(value: &bool) -> bool {
    !*value
}
