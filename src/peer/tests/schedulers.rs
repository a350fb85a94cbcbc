//! Schedulers to test with.

use crate::peer::scheduler::late::Late;
use crate::peer::scheduler::neighbours::NeighbourChoice;
use crate::peer::scheduler::per_peer::PerPeer;
use crate::peer::scheduler::prefetch::Prefetch;
use crate::peer::scheduler::segment::SegmentChoice;
use crate::peer::scheduler::server::{Gate, Gates};
use crate::peer::scheduler::source::SourceChoice;
use crate::peer::scheduler::trust::Trust;
use crate::peer::scheduler::unit::Unit;
use crate::peer::scheduler::{Custom, RequestRules, Scheduler};
use crate::peer::upload::UploadChoice;
use proptest::prelude::*;

/// Every preset, and rules put together.
pub(super) fn schedulers() -> impl Strategy<Value = Scheduler> {
    fn one<T: Copy + std::fmt::Debug + 'static>(
        all: impl Iterator<Item = T>,
    ) -> impl Strategy<Value = T> {
        prop::sample::select(all.collect::<Vec<T>>())
    }
    let gates = prop::collection::vec(one(Gate::all()), 0..=Gates::MOST);
    let (late, unit) = (one(Late::all()), one(Unit::all()));
    let peers = (
        one(PerPeer::all()),
        one(UploadChoice::all()),
        one(Prefetch::all()),
        one(Trust::all()),
        one(NeighbourChoice::all()),
    );
    let rules = (one(SegmentChoice::all()), one(SourceChoice::all()), gates, late, unit, peers);
    let custom = rules.prop_map(|(segment, source, gates, late, unit, peers)| {
        let (per_peer, upload, prefetch, trust, neighbours) = peers;
        let server = Gates::of(&gates).unwrap();
        let requests = RequestRules { unit, per_peer, trust, ..RequestRules::default() };
        Scheduler::Custom(Custom {
            segment,
            source,
            server,
            late,
            prefetch,
            requests,
            upload,
            neighbours,
        })
    });
    prop_oneof![one(Scheduler::all()), custom]
}
