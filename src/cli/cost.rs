//! What this process needs of the machine: CPU time and memory.

use std::fs;

/// CPU time of the calling thread so far, in ns: what others do on the machine does not count.
pub(super) fn thread_ns() -> u64 {
    #[cfg(unix)]
    {
        use rustix::time::{ClockId, clock_gettime};
        let now = clock_gettime(ClockId::ThreadCPUTime);
        now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
    }
    #[cfg(not(unix))]
    {
        use std::sync::OnceLock;
        use std::time::Instant;
        static BEGUN: OnceLock<Instant> = OnceLock::new();
        #[expect(clippy::disallowed_methods, reason = "no thread clock here: real time instead")]
        let now = Instant::now();
        now.duration_since(*BEGUN.get_or_init(|| now)).as_nanos() as u64
    }
}

/// Growth of resident memory from here on, at its highest.
pub(super) struct Growth {
    before: Option<u64>,
}

impl Growth {
    /// From now on. The kernel forgets the highest so far; where it cannot, nothing is known.
    pub(super) fn begin() -> Self {
        let forgotten = fs::write("/proc/self/clear_refs", "5").is_ok();
        Self { before: forgotten.then(|| status("VmRSS:")).flatten() }
    }

    /// Bytes, where the system tells.
    pub(super) fn bytes(&self) -> Option<u64> {
        Some(status("VmHWM:")?.saturating_sub(self.before?))
    }
}

/// A line of the process' status, in bytes.
fn status(name: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(value.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_takes_time_and_memory() {
        let (begun, growth) = (thread_ns(), Growth::begin());
        let work: Vec<u64> = (0..4_000_000).map(|i: u64| i ^ begun).collect();
        assert!(thread_ns() > begun, "no time for {} numbers", work.len());
        if let Some(bytes) = growth.bytes() {
            assert!((25_000_000..500_000_000).contains(&bytes), "{bytes} bytes for 32 MB");
        }
    }
}
