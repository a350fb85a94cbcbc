//! The beginning of the next title of a list, before the present one ends (Spotify 2010: peers are
//! looked for 30 s before, the server is asked 10 s before for what no peer can send).

use serde::{Deserialize, Serialize};

use crate::peer::scheduler::Rules;
use crate::peer::scheduler::server::Open;
use crate::peer::scheduler::shell::{self, Reach};
use crate::peer::viewing::{Desk, Viewing};
use crate::units::Span;

/// Peers first, the CDN when time is short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct NextItem {
    /// How long before the end of the present title peers are looked for.
    pub peers_before: Span,
    /// How long before it the CDN is asked for what no peer can send.
    pub cdn_before: Span,
    /// How much of the beginning peers bring.
    pub p2p_window: Span,
    /// How much of it the CDN brings.
    pub http_window: Span,
}

impl Default for NextItem {
    fn default() -> Self {
        Self {
            peers_before: Span::from_secs(30),
            cdn_before: Span::from_secs(10),
            p2p_window: Span::from_secs(60),
            http_window: Span::from_secs(15),
        }
    }
}

impl NextItem {
    /// A parameter that makes no sense, and what would.
    pub fn wrong(&self) -> Option<(&'static str, &'static str)> {
        (self.cdn_before > self.peers_before).then_some(("cdn_before", "not above `peers_before`"))
    }

    /// Fetches for a viewing that has not begun, by the rules of those that have, in what the present
    /// one leaves of their transfers. The CDN is asked when `cdn` says so.
    pub(in crate::peer) fn act(
        self,
        rules: &Rules,
        (from_cdn, from_peers): (u32, u32),
        cdn: bool,
        viewing: &mut Viewing,
        desk: &mut Desk<'_>,
    ) {
        let mut rules = *rules;
        let own = &mut rules.requests;
        own.http_parallel = own.http_parallel.saturating_sub(from_cdn);
        own.p2p_parallel = own.p2p_parallel.saturating_sub(from_peers);
        let first = viewing.player.position;
        let from_cdn = if cdn { viewing.window(desk.config, self.http_window) } else { first };
        let gate = Open { cdn_first: first, peers_first: from_cdn, wait: Span::ZERO, seeds: false };
        let reach = Reach::ahead(gate, viewing.window(desk.config, self.p2p_window));
        shell::fetch_ahead(&rules, viewing, desk, &reach);
        shell::look_again(&rules, viewing, desk);
    }
}
