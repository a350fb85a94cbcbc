//! What a scenario file may hold, as the reader itself asks for it: its types are read from nothing, again
//! and again, and whatever they ask for is noted, until nothing is left that has not been asked for.

mod trace;

use serde::Deserialize;

use super::{Scenario, merge};
use trace::{Pass, Tracer, Wrong};

/// More passes than any format needs.
const MOST_PASSES: usize = 100_000;

/// What may stand at a place.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Shape {
    /// Not asked for yet.
    #[default]
    Unknown,
    /// Whatever TOML can say.
    Any,
    /// True or false.
    Flag,
    /// A text.
    Text,
    /// A number.
    Number,
    /// A whole number from 0 to this.
    Count(u64),
    /// A text or number that the reader describes in these words.
    Quantity(String),
    /// Elements that are alike.
    List(Box<Self>),
    /// Elements, each of its kind.
    Tuple(Vec<Self>),
    /// One, or several in a list.
    OneOrList(Box<Self>),
    /// Tables by names of the user's choice.
    Named(Box<Self>),
    /// A table with these keys.
    Table(Vec<Field>),
    /// One of these names.
    Names {
        /// What can be named.
        names: Vec<Name>,
        /// A quantity that may stand in their place, in the reader's words.
        or: Option<String>,
    },
    /// Nothing beside the name.
    Nothing,
}

/// A key of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// As it is written.
    pub name: &'static str,
    /// What it may be.
    pub shape: Shape,
    /// Whether it must be there; `None` until that has been tried.
    pub needed: Option<bool>,
}

/// Something that a scenario can name.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// As it is written.
    pub name: &'static str,
    /// What may stand under it.
    pub shape: Shape,
    /// Whether the bare name will do.
    pub alone: bool,
}

/// The shape of a whole scenario, without `extends` and `without`.
///
/// # Panics
/// When a type asks in a way that is not known here: tests call it.
pub fn shape() -> Shape {
    let mut shape = Shape::Unknown;
    for _ in 0..MOST_PASSES {
        if shape.complete() {
            return shape;
        }
        let pass = Pass::default();
        match Scenario::deserialize(Tracer { shape: &mut shape, pass: &pass }) {
            Ok(_) | Err(Wrong::Missing(_) | Wrong::Learned) => {}
            Err(wrong) => panic!("invariant: every type of the format can be traced: {wrong}"),
        }
    }
    panic!("invariant: the format is finite");
}

/// Whether a file that extends another says the whole of what stands at this place, if it says any of it.
pub fn replaces(path: &[String]) -> bool {
    merge::chooses(path)
}

impl Shape {
    /// Whether all of it has been asked for.
    fn complete(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::List(own) | Self::OneOrList(own) | Self::Named(own) => own.complete(),
            Self::Tuple(all) => all.iter().all(Self::complete),
            Self::Table(fields) => {
                fields.iter().all(|own| own.needed.is_some() && own.shape.complete())
            }
            Self::Names { names, .. } => names.iter().all(|own| own.shape.complete()),
            _ => true,
        }
    }
}
