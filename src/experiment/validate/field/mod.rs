//! Experiments on links and viewers of a hybrid live service of 2020 (browsers, WebRTC), where its
//! tables are at hand.
//!
//! The tables are `p2p-live-2020` (days of j-maz/p2p-live-streaming-dataset, one row a link and one a
//! viewer) and `city-rtt` (pings between hosted servers, WonderNetwork).

mod groups;
mod link_rates;
mod links;
mod round_trips;
mod table;

use std::path::Path;

use super::{Effort, Experiment, Finding, Verdict};

/// An experiment that needs tables.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    /// What it is; to run it there is to say that its tables are missing.
    pub(super) about: Experiment,
    /// Runs it on the folder of tables.
    pub(super) run: fn(Effort, &Path, &mut dyn FnMut(Finding)),
}

const SERVICE: &str = "links of a hybrid live service, j-maz/p2p-live-streaming-dataset, commit \
                       98fdcdf, 119 days of 2020";

pub(super) const EXPERIMENTS: &[Measured] = &[Measured {
    about: Experiment {
        name: "C1",
        title: "rates of links: the path model against measured links between browsers",
        source: SERVICE,
        run: |_, found| found(missing("C1")),
    },
    run: link_rates::run,
}];

fn missing(id: &str) -> Finding {
    let note =
        "the tables are not given: --data names the folder that has p2p-live-2020 and city-rtt";
    skipped(id, note)
}

fn skipped(id: &str, note: &str) -> Finding {
    Finding {
        id: id.to_owned(),
        verdict: Verdict::Skipped,
        expected: f64::NAN,
        got: f64::NAN,
        tolerance: f64::NAN,
        note: note.to_owned(),
    }
}
