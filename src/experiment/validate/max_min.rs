//! A plain max-min solver in `f64`, to hold the engine's against: tightest first (Bertsekas and
//! Gallager 1992, section 6.5.2).

/// A flow over links.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    /// Indices of links, none twice.
    pub(super) path: Vec<usize>,
    /// Never faster than this; infinite for none.
    pub(super) cap: f64,
    /// Its share in proportion to others.
    pub(super) weight: f64,
}

/// What is tightest: it decides the rate of its flows.
enum Tightest {
    Link(usize),
    Flow(usize),
}

/// The max-min rate of each flow: whichever link or cap allows the least per unit of weight holds
/// its flows there for good; what they take is gone for the rest.
pub(super) fn rates(capacities: &[f64], flows: &[Flow]) -> Vec<f64> {
    let mut rates: Vec<Option<f64>> = vec![None; flows.len()];
    let mut left = capacities.to_vec();
    loop {
        let mut tightest: Option<(f64, Tightest)> = None;
        let mut offer = |level: f64, what: Tightest| {
            if tightest.as_ref().is_none_or(|(least, _)| level < *least) {
                tightest = Some((level, what));
            }
        };
        let open = |at: &usize| rates[*at].is_none();
        for (link, left) in left.iter().enumerate() {
            let on = (0..flows.len()).filter(open).filter(|at| flows[*at].path.contains(&link));
            let weight: f64 = on.map(|at| flows[at].weight).sum();
            if weight > 0.0 {
                offer(left.max(0.0) / weight, Tightest::Link(link));
            }
        }
        for at in (0..flows.len()).filter(open) {
            offer(flows[at].cap / flows[at].weight, Tightest::Flow(at));
        }
        let Some((level, what)) = tightest else {
            return rates.into_iter().map(Option::unwrap_or_default).collect();
        };
        for (at, flow) in flows.iter().enumerate() {
            let held = match what {
                Tightest::Link(link) => flow.path.contains(&link),
                Tightest::Flow(only) => at == only,
            };
            if held && rates[at].is_none() {
                rates[at] = Some(level * flow.weight);
                for link in &flow.path {
                    left[*link] -= level * flow.weight;
                }
            }
        }
    }
}
