//! One file a plot; each says in its name what it shows.

mod bytes_by_source;
mod causes;
mod isp_heat_map;
mod isp_ingress;
mod offload_over_day;
mod policy_comparison;
mod startup_and_rebuffer_cdf;
mod trade_off;
mod upload_burden;

use super::{DrawError, Plot};
use crate::results::Results;

type Draw = fn(&Results) -> Result<String, DrawError>;

/// Name of the file, what the picture shows, and who draws it; in alphabetical order.
const PLOTS: [(&str, &str, Draw); 9] = [
    (
        "bytes-by-source",
        "Bytes by source over the measured time, a stack of areas for each arm",
        bytes_by_source::draw,
    ),
    (
        "causes",
        "Causes of bytes from the CDN, of stalls and of refused uploads, by arm and hour",
        causes::draw,
    ),
    (
        "isp-heat-map",
        "Bytes between peers from provider to provider at peak, for each arm",
        isp_heat_map::draw,
    ),
    (
        "isp-ingress",
        "95th percentile of what comes into each provider's network, by arm",
        isp_ingress::draw,
    ),
    (
        "offload-over-day",
        "What peers take off the origin and the interconnects over the measured time, by arm",
        offload_over_day::draw,
    ),
    (
        "policy-comparison",
        "Difference of each arm from the baseline with its interval, a panel for each metric",
        policy_comparison::draw,
    ),
    (
        "startup-and-rebuffer-cdf",
        "How start-up times and rebuffer ratios are spread over viewings, by arm",
        startup_and_rebuffer_cdf::draw,
    ),
    (
        "trade-off",
        "What is taken off the origin against the rebuffer ratio, a point for each arm",
        trade_off::draw,
    ),
    (
        "upload-burden",
        "How what homes send in thirty days is spread over homes, by arm",
        upload_burden::draw,
    ),
];

/// Every plot.
pub(super) fn all(results: &Results) -> Result<Vec<Plot>, DrawError> {
    let draw = |(name, title, draw): (&'static str, &'static str, Draw)| {
        let svg = draw(results)?.replacen('>', &format!("><title>{title}</title>"), 1);
        Ok(Plot { name, title, svg })
    };
    PLOTS.into_iter().map(draw).collect()
}
