//! Intervals over replications.
