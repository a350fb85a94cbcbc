//! Connections of homes with servers: kept open between requests, opened and limited anew.

use super::window::Window;
use crate::engine::observe::Via;
use crate::units::{Span, Time};

/// No transfer.
const IDLE: u32 = u32::MAX;

/// One connection of a home with a server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Connection {
    /// Idle since.
    since: Time,
    /// The transfer that uses it, or [`IDLE`].
    user: u32,
    window: Window,
    via: Via,
}

/// Bytes of a home's connection with a server.
pub const BYTES_OF_CONNECTION: usize = size_of::<Connection>();

/// What a request finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Claim {
    /// A connection that has been idle for this long, as it was left.
    Kept(Span, Window),
    /// Nothing: it opens one.
    Opened,
    /// All it may have are in use: it waits.
    Full,
}

/// The connections of all homes.
#[derive(Debug)]
pub(in crate::engine) struct Pool {
    keep_alive: Span,
    limit: usize,
    homes: Vec<Vec<Connection>>,
}

impl Pool {
    pub(super) fn new(keep_alive: Span, limit: Option<u32>, homes: usize) -> Self {
        let limit = limit.map_or(usize::MAX, |limit| limit as usize);
        Self { keep_alive, limit, homes: vec![Vec::new(); homes] }
    }

    /// The connections of a home.
    pub(super) fn of(&self, home: u32) -> &Vec<Connection> {
        &self.homes[home as usize]
    }

    /// A connection of `home` with the server `via` for a transfer: the one used last, or a new one.
    pub(super) fn claim(&mut self, home: u32, via: Via, transfer: u32, now: Time) -> Claim {
        let connections = &mut self.homes[home as usize];
        let keep_alive = self.keep_alive;
        connections.retain(|one| one.user != IDLE || now.since(one.since) <= keep_alive);
        let idle = connections.iter_mut().filter(|one| one.via == via && one.user == IDLE);
        if let Some(last) = idle.max_by_key(|one| one.since) {
            last.user = transfer;
            return Claim::Kept(now.since(last.since), last.window);
        }
        if connections.iter().filter(|one| one.via == via).count() >= self.limit {
            return Claim::Full;
        }
        // Few at a time: a home has about as many as transfers at once.
        if connections.len() == connections.capacity() {
            connections.reserve_exact(1);
        }
        connections.push(Connection { since: now, user: transfer, window: Window::NONE, via });
        Claim::Opened
    }

    /// The transfer is over: its connection is idle with this window, or closed. False when it had
    /// none.
    pub(super) fn release(
        &mut self,
        home: u32,
        transfer: u32,
        kept: Option<Window>,
        now: Time,
    ) -> bool {
        let connections = &mut self.homes[home as usize];
        let Some(at) = connections.iter().position(|one| one.user == transfer) else {
            return false;
        };
        if let Some(window) = kept {
            let one = &mut connections[at];
            (one.user, one.since, one.window) = (IDLE, now, window);
        } else {
            connections.swap_remove(at);
        }
        true
    }

    /// Closes what is idle and gives the room back.
    pub(super) fn close(&mut self, home: u32) {
        let connections = &mut self.homes[home as usize];
        connections.retain(|one| one.user != IDLE);
        connections.shrink_to_fit();
    }

    /// Whether requests can have to wait.
    pub(in crate::engine) const fn limits(&self) -> bool {
        self.limit != usize::MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: u32 = 1;

    fn at(secs: u64) -> Time {
        Time::ZERO + Span::from_secs(secs)
    }

    #[test]
    fn a_connection_is_kept_until_it_is_too_old() {
        let mut pool = Pool::new(Span::from_secs(10), None, 3);
        assert_eq!(pool.claim(HOME, Via::Origin, 7, at(0)), Claim::Opened);
        assert!(pool.release(HOME, 7, Some(Window::OPEN), at(5)));
        let kept = Claim::Kept(Span::from_secs(10), Window::OPEN);
        assert_eq!(pool.claim(HOME, Via::Exchange, 8, at(15)), Claim::Opened, "another server");
        assert_eq!(pool.claim(2, Via::Origin, 9, at(15)), Claim::Opened, "another home");
        assert_eq!(pool.claim(HOME, Via::Origin, 9, at(15)), kept);
        assert!(pool.release(HOME, 9, Some(Window::OPEN), at(15)));
        assert_eq!(pool.claim(HOME, Via::Origin, 10, at(26)), Claim::Opened, "too old");
        assert!(pool.release(HOME, 10, None, at(27)));
        assert!(!pool.release(HOME, 10, None, at(27)), "once");
        assert_eq!(pool.claim(HOME, Via::Origin, 11, at(27)), Claim::Opened, "closed");
    }

    #[test]
    fn a_limit_holds_for_each_server() {
        let mut pool = Pool::new(Span::from_secs(10), Some(2), 3);
        assert_eq!(pool.claim(HOME, Via::Origin, 1, at(0)), Claim::Opened);
        assert_eq!(pool.claim(HOME, Via::Origin, 2, at(0)), Claim::Opened);
        assert_eq!(pool.claim(HOME, Via::Origin, 3, at(0)), Claim::Full);
        assert_eq!(pool.claim(HOME, Via::Exchange, 3, at(0)), Claim::Opened);
        pool.release(HOME, 1, None, at(1));
        assert_eq!(pool.claim(HOME, Via::Origin, 4, at(1)), Claim::Opened);
        pool.release(HOME, 4, Some(Window::OPEN), at(1));
        pool.close(HOME);
        assert_eq!(pool.homes[1].len(), 2, "what is in use stays");
    }
}
