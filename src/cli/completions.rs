//! `offpeak completions`: what a shell needs to complete the command line.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Exit, Failure, output};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  offpeak completions bash > ~/.local/share/bash-completion/completions/offpeak
  offpeak completions zsh > ~/.zfunc/_offpeak
  offpeak completions fish > ~/.config/fish/completions/offpeak.fish")]
pub(super) struct Arguments {
    /// Which shell
    shell: Shell,
}

pub(super) fn completions(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    let mut command = super::Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "offpeak", &mut script);
    let script = String::from_utf8(script).map_err(Failure::internal)?;
    output::result(&script)?;
    Ok(Exit::Done)
}
