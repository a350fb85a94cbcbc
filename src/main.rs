//! The command line of offpeak.
fn main() {}
