//! The command line of offpeak.

use std::process::ExitCode;

fn main() -> ExitCode {
    offpeak::cli::main()
}
