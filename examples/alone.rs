//! The peer core by itself: `units` and `peer` mounted without the standard library.
//!
//! It compiles only while the core names neither the standard library (clock, files, threads, hashed
//! containers) nor a sibling module: `crate::units` and `crate::peer` are all that this crate has.
//! `cargo test` builds it. The platform's `exp` and `ln` are methods that come with any dependency
//! on the standard library, so they are refused by `clippy.toml` instead.
//!
//! To see it bite, put `use std::time::Instant;` or `use crate::rng::Draw;` into any file of
//! `src/peer/`: the library still builds, this does not.
#![no_std]
#![expect(dead_code, unused_imports, unreachable_pub, reason = "mounted to be built, not used")]

extern crate alloc;

#[path = "../src/peer/mod.rs"]
mod peer;
#[path = "../src/units/mod.rs"]
mod units;
