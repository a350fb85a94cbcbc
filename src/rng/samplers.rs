//! Laws that are drawn from, computed through pinned `libm` alone.

/// An alias table: weighted choice among n in constant time (Walker 1977, Vose 1991).
#[derive(Clone, Debug)]
pub struct Table {}
