//! The one list of metrics, in which scenario files and results name them: what they mean, their unit, and which way is better.

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither: it describes.
    Neither,
}

/// A metric of `summary.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// As the tables name it.
    pub name: &'static str,
    /// Its unit, "1" for a ratio or a count.
    pub unit: &'static str,
    /// Which way is better.
    pub better: Direction,
    /// What it is, in one line.
    pub meaning: &'static str,
}

const fn metric(
    name: &'static str,
    unit: &'static str,
    better: Direction,
    meaning: &'static str,
) -> Metric {
    Metric { name, unit, better, meaning }
}

use Direction::{Higher, Lower, Neither};

/// All metrics, the derived ones first, in the order of `offpeak list metrics`.
pub const METRICS: &[Metric] = &[
    metric(
        "offload_origin",
        "1",
        Higher,
        "origin bytes by the byte played, saved against the baseline with the same viewers",
    ),
    metric(
        "offload_interconnect",
        "1",
        Higher,
        "bytes into providers' networks by the byte played, saved against the baseline",
    ),
    metric("offload_origin_peak_bin", "1", Higher, "the same of the origin's fullest bin"),
    metric(
        "offload_origin_p95",
        "1",
        Higher,
        "the same of the 95th percentile of the origin's five-minute means",
    ),
    metric(
        "offload_interconnect_peak_bin",
        "1",
        Higher,
        "the same of the fullest bin of what comes into providers' networks",
    ),
    metric(
        "offload_interconnect_p95",
        "1",
        Higher,
        "the same of the 95th percentile of five-minute means of that",
    ),
    metric("offload_transit", "1", Higher, "the same of what comes in over transit"),
    metric("offload_paid_peering", "1", Higher, "the same of what comes in over paid peering"),
    metric(
        "offload_isp",
        "1",
        Higher,
        "the same of what comes from outside a provider's homes: its appliance, too",
    ),
    metric(
        "offload_turn_around",
        "1",
        Higher,
        "the same of what the aggregations carry towards homes",
    ),
    metric(
        "attainable_origin",
        "1",
        Neither,
        "bound on offload_origin: only first copies and what uplinks cannot carry come from the origin",
    ),
    metric("attainable_captured", "1", Higher, "offload_origin / attainable_origin"),
    metric(
        "break_even_reward",
        "money/GB",
        Neither,
        "what the service could pay homes by the GB they send and pay as much as in the baseline",
    ),
    metric(
        "p2p_share",
        "1",
        Neither,
        "share of bytes fetched over the network that came from peers",
    ),
    metric(
        "rebuffer_ratio",
        "1",
        Lower,
        "stalled time / (played + stalled time), start-up not counted",
    ),
    metric(
        "stalled_sessions_share",
        "1",
        Lower,
        "share of started viewings with at least one stall",
    ),
    metric("startup_s_p50", "s", Lower, "median time from pressing play to the first picture"),
    metric(
        "startup_s_p95",
        "s",
        Lower,
        "95th percentile of the time from pressing play to the first picture",
    ),
    metric(
        "exits_before_start_share",
        "1",
        Lower,
        "share of viewings that ended before the first picture",
    ),
    metric(
        "abandoned_share",
        "1",
        Lower,
        "share of viewings that ended because the viewer had had enough of waiting",
    ),
    metric(
        "rebuffer_ratio_exoplayer",
        "1",
        Lower,
        "stalled time / all time with the player, start-up and seeks included",
    ),
    metric("stalls_per_hour", "1/h", Lower, "stalls per played hour"),
    metric("stall_s_mean", "s", Lower, "mean length of a stall"),
    metric("played_hours", "h", Higher, "hours of video played"),
    metric("stalled_hours", "h", Lower, "hours the picture stood still after it had begun"),
    metric("bitrate_mbps", "Mbit/s", Higher, "mean media rate of what was played"),
    metric("upload_gb_p50", "GB", Lower, "median upload of a home within the window"),
    metric("upload_gb_p95", "GB", Lower, "95th percentile of the upload of a home"),
    metric("upload_gb_max", "GB", Lower, "largest upload of a home"),
    metric(
        "upload_jain",
        "1",
        Higher,
        "Jain's index of uploads by uplink, of homes that sent: 1 when all are alike",
    ),
    metric("upload_gini", "1", Lower, "Gini's coefficient of the same: 0 when all are alike"),
    metric("upload_top_1_share", "1", Lower, "of all uploads, those of the 1 % that sent most"),
    metric(
        "free_riders_share",
        "1",
        Neither,
        "of homes that got something from peers, those that sent nothing",
    ),
    metric("bytes_fill", "B", Neither, "copied to appliances, no part of the bytes by source"),
    metric(
        "bytes_metered_upload",
        "B",
        Lower,
        "sent over lines where bytes are counted and paid for",
    ),
    metric(
        "slowed_hours",
        "h",
        Lower,
        "hours in which somebody watched while the home's own uploads held its downstream",
    ),
    metric(
        "written_gb_p95",
        "GB",
        Lower,
        "written to disk by a home that has one: 95th percentile",
    ),
    metric(
        "waste_share",
        "1",
        Lower,
        "of bytes delivered over the network, those that came to nothing; see waste.csv",
    ),
    metric("bytes_played", "B", Neither, "of what was played"),
    metric("bytes_own_cache", "B", Neither, "played from the home's own cache"),
    metric("bytes_peer_pop", "B", Neither, "from peers of the same provider at the same place"),
    metric("bytes_peer_isp", "B", Neither, "from peers of the same provider at another place"),
    metric("bytes_peer_other", "B", Neither, "from peers of other providers"),
    metric("bytes_appliance", "B", Neither, "from CDN appliances inside the providers"),
    metric("bytes_exchange", "B", Neither, "from the CDN at the exchange, over the interconnect"),
    metric("bytes_origin", "B", Lower, "from the origin, over the interconnect"),
    metric(
        "bytes_interconnect",
        "B",
        Lower,
        "into providers' networks from outside: exchange, origin and other providers' peers",
    ),
    metric("bytes_control", "B", Neither, "control messages between peers, not part of the others"),
    metric(
        "bytes_prefetched",
        "B",
        Neither,
        "fetched of what might be played next, before it was; part of those by source",
    ),
    metric(
        "bytes_prefetched_unplayed",
        "B",
        Lower,
        "fetched so, and then not what was played next",
    ),
    metric(
        "bytes_origin_floor",
        "B",
        Neither,
        "what no scheduler can take off the origin; the basis of attainable_origin",
    ),
    metric("bytes_corrupt", "B", Lower, "from peers, but corrupt: part of the bytes from peers"),
    metric("transfers_corrupt", "1", Lower, "transfers from peers that came out corrupt"),
    metric(
        "map_age_s_mean",
        "s",
        Lower,
        "how long ago a neighbour had last told what it has, when it was asked for something",
    ),
    metric("viewers_peak", "1", Neither, "most viewers watching at the same time"),
    metric("sessions", "1", Neither, "viewings begun"),
    metric(
        "latency_s_mean",
        "s",
        Lower,
        "live segments played: mean time from publication to the picture; only with live viewings",
    ),
    metric(
        "latency_s_p95",
        "s",
        Lower,
        "live segments played: 95th percentile of that time; only with live viewings",
    ),
    metric("switches_per_hour", "1/h", Lower, "changes of the rung played, per played hour"),
    metric("rung_lowest_share", "1", Lower, "share of played time at the lowest rung"),
    metric("seek_s_mean", "s", Lower, "mean wait for the picture after a seek"),
    metric("paused_hours", "h", Neither, "hours in which viewers let the picture stand"),
];

/// Which way is better for `name`; metrics outside the list describe only.
pub fn direction(name: &str) -> Direction {
    METRICS.iter().find(|metric| metric.name == name).map_or(Neither, |metric| metric.better)
}

/// Unit of `name`, if it is in the list.
pub fn unit(name: &str) -> Option<&'static str> {
    METRICS.iter().find(|metric| metric.name == name).map(|metric| metric.unit)
}

/// What difference of `name` nobody would act on, when the scenario does not say: a hundredth of a
/// share, and of anything else a twentieth of what the baseline has.
pub fn negligible(name: &str, baseline: f64) -> f64 {
    if unit(name) == Some("1") && !name.starts_with("sessions") && !name.starts_with("viewers") {
        return 0.01;
    }
    0.05 * baseline.abs()
}
