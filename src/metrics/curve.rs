//! At which quantiles a table tells how something is spread, so that its curve can be drawn.

/// Thousandths, and the name of each. The upper end is told more finely: that is where viewers and
/// homes suffer.
pub(super) const CURVE: [(u64, &str); 26] = [
    (10, "p1"),
    (20, "p2"),
    (50, "p5"),
    (100, "p10"),
    (150, "p15"),
    (200, "p20"),
    (250, "p25"),
    (300, "p30"),
    (350, "p35"),
    (400, "p40"),
    (450, "p45"),
    (500, "p50"),
    (550, "p55"),
    (600, "p60"),
    (650, "p65"),
    (700, "p70"),
    (750, "p75"),
    (800, "p80"),
    (850, "p85"),
    (900, "p90"),
    (950, "p95"),
    (970, "p97"),
    (980, "p98"),
    (990, "p99"),
    (995, "p99.5"),
    (999, "p99.9"),
];
