//! Mounts the peer core under `#![no_std]`: it compiles only while the core reaches neither the
//! standard library nor a sibling module.
#![no_std]
#![expect(dead_code, unreachable_pub, reason = "mounted to be compiled, not to be used")]
extern crate alloc;
#[path = "../src/peer/mod.rs"]
mod peer;
#[path = "../src/units/mod.rs"]
mod units;
