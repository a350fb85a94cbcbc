//! Parameters of one rule that contradict each other, and rules that do nothing together.

use super::Checker;
use crate::peer::scheduler::per_peer::PerPeer;
use crate::peer::scheduler::server::{First, Gate};
use crate::peer::scheduler::source::SourceChoice;
use crate::peer::scheduler::{Custom, Scheduler};
use crate::units::Span;

/// Checks what `scheduler`, which stands at `path`, is made of.
pub(super) fn check(path: &str, scheduler: &Scheduler, c: &mut Checker<'_>) {
    let name = scheduler.name();
    match scheduler {
        Scheduler::Timecritical(own) => one(path, name, own.wrong(), c),
        Scheduler::Spotify2010(own) => one(path, name, own.wrong(), c),
        Scheduler::Custom(own) => custom(&format!("{path}.{name}"), own, c),
        _ => {}
    }
}

fn one(path: &str, name: &str, wrong: Option<(&str, &str)>, c: &mut Checker<'_>) {
    if let Some((key, wants)) = wrong {
        let message = format!("`{key}` of `{name}` makes no sense");
        let path = format!("{path}.{name}.{key}");
        c.error("S0215", &path, message, wants).help = super::defaults::help(&path);
    }
}

fn custom(path: &str, own: &Custom, c: &mut Checker<'_>) {
    if let SourceChoice::LeastEta(rule) = &own.source {
        one(&format!("{path}.source"), own.source.name(), rule.wrong(), c);
    }
    if let Some(rule) = own.prefetch.next_item() {
        one(&format!("{path}.prefetch"), own.prefetch.name(), rule.wrong(), c);
    }
    if let PerPeer::QueueTime(rule) = &own.requests.per_peer {
        let path = format!("{path}.requests.per_peer");
        one(&path, own.requests.per_peer.name(), rule.wrong(), c);
    }
    server(&format!("{path}.server"), own, c);
}

fn server(path: &str, own: &Custom, c: &mut Checker<'_>) {
    let gates: Vec<&Gate> = own.server.iter().collect();
    for (at, gate) in gates.iter().enumerate() {
        let within = format!("{path}.{at}");
        // One alone may stand there without a list.
        let within = if c.has(&within) { within } else { path.to_owned() };
        match gate {
            Gate::Panic(rule) => one(&within, gate.name(), rule.wrong(), c),
            Gate::PeakAware(rule) => one(&within, gate.name(), rule.wrong(), c),
            Gate::WaitForLoadingPeer(_) if !gates.iter().any(|gate| asks_peers_first(gate)) => {
                let message = "`wait-for-loading-peer` has no effect here";
                let label = "needs a `window` or `peak-aware` with `first = \"peers\"`";
                c.warn("S0408", &within, message, label);
            }
            _ => {}
        }
        if gates[..at].iter().any(|other| repeats(gate, other)) {
            let message = format!("`{}` stands twice in `server`", gate.name());
            c.error("S0206", &within, message, "the second one").help =
                Some("take one of them out; of several rules the widest holds".to_owned());
        }
    }
    if !gates.iter().any(|gate| brings_what_lacks(gate)) {
        let message = "no rule lets the CDN bring what peers lack when it is needed";
        c.warn("S0407", path, message, "play-out stalls there").help =
            Some("add one, such as `window`, the default: within 15 s of play-out".to_owned());
    }
}

/// Who comes first in a stretch that a rule opens, where it says so.
const fn first(gate: &Gate) -> Option<First> {
    match gate {
        Gate::Window(own) => Some(own.first),
        Gate::PeakAware(own) => Some(own.first),
        _ => None,
    }
}

fn asks_peers_first(gate: &Gate) -> bool {
    first(gate) == Some(First::Peers)
}

/// Whether one of two rules is too many. Of windows one may be for the CDN first, one for peers.
fn repeats(gate: &Gate, other: &Gate) -> bool {
    gate.name() == other.name() && first(gate) == first(other)
}

/// Whether a rule asks the CDN for whatever is needed next, at any time of a viewing.
fn brings_what_lacks(gate: &Gate) -> bool {
    match gate {
        Gate::Window(_) | Gate::PeakAware(_) | Gate::WebSeed(_) => true,
        Gate::Panic(own) => own.below > Span::ZERO,
        Gate::HeadFirst(_) | Gate::RandomHttp(_) | Gate::WaitForLoadingPeer(_) => false,
    }
}
