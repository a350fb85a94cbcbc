//! Results to standard output, words to standard error.

use std::io::{self, IsTerminal, Write};

use super::Failure;

/// Prints a result. A reader that went away (`| head`) is no failure.
pub(super) fn result(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::internal(format!("cannot print the result: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints a line for people. Nobody can be told when standard error is closed.
pub(super) fn message(text: &str) {
    writeln!(io::stderr().lock(), "{text}").unwrap_or_default();
}

/// Whether messages may be coloured: on a terminal, unless `NO_COLOR` says no.
pub(super) fn colour() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    terminal() && !refused && !dumb
}

/// Whether somebody watches.
pub(super) fn terminal() -> bool {
    io::stderr().is_terminal()
}

/// A large count or rate in short: 1.9 M.
pub(super) fn short(value: f64) -> String {
    let (scale, letter) = match value {
        v if v >= 1e9 => (1e9, " G"),
        v if v >= 1e6 => (1e6, " M"),
        v if v >= 1e4 => (1e3, " k"),
        v => return format!("{v:.0}"),
    };
    format!("{:.1}{letter}", value / scale)
}

/// A length of real time in short: 4 min 12 s.
pub(super) fn duration(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    match whole {
        0..60 if seconds < 10.0 => format!("{seconds:.1} s"),
        0..60 => format!("{whole} s"),
        60..3_600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3_600, whole / 60 % 60),
    }
}
