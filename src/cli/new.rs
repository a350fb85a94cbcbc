//! `offpeak new`: scenario files to start from.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Exit, Failure, output};
use crate::scenario::nearest;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  offpeak new                          (lists the templates)
  offpeak new evening                  (writes evening.toml)
  offpeak new ci-gate tests/gate.toml")]
pub(super) struct Arguments {
    /// What to start from; all are listed when left out
    template: Option<String>,
    /// Where to write it; must not exist [default: TEMPLATE.toml]
    file: Option<PathBuf>,
}

/// A scenario that extends a shipped one.
struct Template {
    name: &'static str,
    text: &'static str,
    /// The command that makes use of it.
    next: &'static str,
}

macro_rules! template {
    ($name:literal, $next:literal) => {
        Template {
            name: $name,
            text: include_str!(concat!("templates/", $name, ".toml")),
            next: $next,
        }
    };
}

const TEMPLATES: [Template; 6] = [
    template!("evening", "run"),
    template!("policies", "run"),
    template!("mobile", "run"),
    template!("live", "run"),
    template!("ci-gate", "run"),
    template!("sweep", "sweep"),
];

impl Template {
    /// The question that it asks: its first line.
    fn about(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default().trim_start_matches("# ")
    }
}

pub(super) fn new(arguments: &Arguments) -> Result<Exit, Failure> {
    let Some(name) = &arguments.template else {
        let row = |own: &Template| format!("{:<10}{}\n", own.name, own.about());
        output::result(&TEMPLATES.iter().map(row).collect::<String>())?;
        return Ok(Exit::Done);
    };
    let Some(template) = TEMPLATES.iter().find(|own| own.name == name) else {
        let names = TEMPLATES.map(|own| own.name);
        let meant = nearest(name, names).map(|near| format!(", did you mean \"{near}\"?"));
        let message = format!(
            "error: there is no template \"{name}\"{}\ntemplates: {}",
            meant.unwrap_or_default(),
            names.join(", ")
        );
        return Err(Failure::new(Exit::Usage, message));
    };
    let file = arguments.file.clone().unwrap_or_else(|| format!("{name}.toml").into());
    write(&file, template.text)?;
    let (path, next) = (file.display(), template.next);
    output::message(&format!("wrote {path}. Next: offpeak check {path} && offpeak {next} {path}"));
    Ok(Exit::Done)
}

/// Writes a file that does not exist yet.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let mut file = File::create_new(path).map_err(|error| {
        let why = match error.kind() {
            ErrorKind::AlreadyExists => "it exists, and is left as it is".to_owned(),
            _ => error.to_string(),
        };
        Failure::internal(format!("cannot write {}: {why}", path.display()))
    })?;
    file.write_all(text.as_bytes()).map_err(Failure::internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::shipped::SHIPPED;
    use crate::scenario::Library;

    #[test]
    fn every_template_loads_and_asks_a_question() {
        for template in &TEMPLATES {
            let name = template.name;
            let loaded = Library(SHIPPED).load_text(template.text, Path::new("new.toml"), &[]);
            let loaded = loaded.unwrap_or_else(|problems| panic!("{name}:\n{problems}"));
            assert_eq!(loaded.warnings, [], "{name}");
            assert!(template.about().contains('?'), "{name}: {}", template.about());
            assert!(loaded.scenario.run.homes <= 2_000, "{name} is to be played at once");
            assert_eq!(template.next == "sweep", template.text.contains("\n[sweep]"), "{name}");
        }
    }
}
