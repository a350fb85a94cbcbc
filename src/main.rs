//! The command line of offpeak.

use std::process::ExitCode;

#[global_allocator]
static PAGES: offpeak::cli::Pages = offpeak::cli::Pages;

fn main() -> ExitCode {
    offpeak::cli::main()
}
