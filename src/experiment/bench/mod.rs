//! Fixed workloads that other simulators can run too: the event queue alone, a swarm with shared
//! links, caches, and a whole evening.

pub mod hold;
pub mod swarm;
