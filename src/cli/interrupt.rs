//! Ctrl-C: once to stop in order, twice to stop at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::{Exit, Failure, output};

/// A flag that the first Ctrl-C (or a request to terminate) raises. The second ends the process.
pub(super) fn flag() -> Result<Arc<AtomicBool>, Failure> {
    let raised = Arc::new(AtomicBool::new(false));
    let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(Failure::internal)?;
    let flag = Arc::clone(&raised);
    thread::spawn(move || {
        for _signal in signals.forever() {
            if flag.swap(true, Ordering::Relaxed) {
                std::process::exit(Exit::Interrupted as i32);
            }
            output::message("stopping; Ctrl-C again ends at once");
        }
    });
    Ok(raised)
}
