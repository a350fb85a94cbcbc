//! A deserializer without an input: it notes what is asked for and answers with a sample.

use core::cell::Cell;
use core::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, Expected, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

use super::{Field, Name, Shape};

/// A name that nothing has: asked for, a type tells those it knows.
const NOBODY: &str = "?";

/// One reading of the whole.
#[derive(Debug, Default)]
pub(super) struct Pass {
    /// Whether a key was left out, to see if it is needed. At most one in a pass.
    left_out: Cell<bool>,
}

/// Why a pass ended early.
#[derive(Debug)]
pub(super) enum Wrong {
    /// This key is needed.
    Missing(&'static str),
    /// Names that can be given here.
    Names(&'static [&'static str]),
    /// Something was noted; the next pass goes on.
    Learned,
    /// Not foreseen.
    Other(String),
}

/// Notes on `shape` what is asked for.
pub(super) struct Tracer<'s> {
    pub(super) shape: &'s mut Shape,
    pub(super) pass: &'s Pass,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "`{name}` is needed"),
            Self::Names(names) => write!(f, "one of {names:?}"),
            Self::Learned => f.write_str("more is known"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl core::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::Other(text.to_string())
    }
    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }
    fn unknown_variant(_: &str, names: &'static [&'static str]) -> Self {
        Self::Names(names)
    }
    fn unknown_field(_: &str, names: &'static [&'static str]) -> Self {
        Self::Names(names)
    }
}

impl<'s> Tracer<'s> {
    /// Notes `shape`; returns whether it was known.
    fn note(&mut self, shape: impl FnOnce() -> Shape) -> bool {
        let known = *self.shape != Shape::Unknown;
        if !known {
            *self.shape = shape();
        }
        known
    }

    fn table<'de, V: Visitor<'de>>(
        mut self,
        fields: &[&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let field = |name: &&'static str| Field { name, shape: Shape::Unknown, needed: None };
        self.note(|| Shape::Table(fields.iter().map(field).collect()));
        let Shape::Table(fields) = self.shape else {
            return Err(Wrong::Other("a table, which was something else".to_owned()));
        };
        let whole = fields.iter().all(|own| own.shape.complete());
        let untried = fields.iter().position(|own| own.needed.is_none());
        let without = untried.filter(|_| whole && !self.pass.left_out.get());
        self.pass.left_out.set(self.pass.left_out.get() || without.is_some());
        let given = Given { fields, at: 0, without, pass: self.pass };
        let result = visitor.visit_map(given);
        if let Some(at) = without {
            let missed = matches!(&result, Err(Wrong::Missing(name)) if *name == fields[at].name);
            fields[at].needed = Some(missed);
        }
        result
    }

    /// A choice: the names are asked for first, then each is given with what stands under it.
    fn choice<'de, V: Visitor<'de>>(
        mut self,
        or: Option<&str>,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let name = |name: &&'static str| Name { name, shape: Shape::Unknown, alone: or.is_none() };
        if *self.shape == Shape::Unknown {
            let mut nothing = Shape::Unknown;
            let one = One { name: Some(NOBODY), shape: &mut nothing, pass: self.pass };
            return match visitor.visit_map(one) {
                Err(Wrong::Names(names)) => {
                    let names = names.iter().map(name).collect();
                    self.note(|| Shape::Names { names, or: or.map(str::to_owned) });
                    Err(Wrong::Learned)
                }
                Err(wrong) => Err(wrong),
                Ok(_) => Err(Wrong::Other("a choice that takes any name".to_owned())),
            };
        }
        let own = next(self.shape)?;
        visitor.visit_map(One { name: Some(own.name), shape: &mut own.shape, pass: self.pass })
    }

    fn quantity<'de, V: Visitor<'de>>(
        mut self,
        expected: &str,
        sample: &str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.note(|| Shape::Quantity(expected.to_owned()));
        visitor.visit_str(sample)
    }

    fn count<'de, V: Visitor<'de>>(mut self, most: u64, visitor: V) -> Result<V::Value, Wrong> {
        self.note(|| Shape::Count(most));
        visitor.visit_u64(1)
    }

    fn text<'de, V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Wrong> {
        let expected = (&visitor as &dyn Expected).to_string();
        if expected.starts_with("a price") {
            return self.quantity(&expected, "1 GBP/GB", visitor);
        }
        self.note(|| Shape::Text);
        visitor.visit_str("x")
    }
}

/// The first name of which not all is known, else the first.
fn next(shape: &mut Shape) -> Result<&mut Name, Wrong> {
    let Shape::Names { names, .. } = shape else {
        return Err(Wrong::Other("a choice, which was something else".to_owned()));
    };
    let at = names.iter().position(|own| !own.shape.complete()).unwrap_or(0);
    names.get_mut(at).ok_or_else(|| Wrong::Other("a choice of nothing".to_owned()))
}

/// The inside of a list or of tables by name.
fn inside(shape: &mut Shape) -> Result<&mut Shape, Wrong> {
    match shape {
        Shape::List(own) | Shape::OneOrList(own) | Shape::Named(own) => Ok(own),
        _ => Err(Wrong::Other("a list, which was something else".to_owned())),
    }
}

impl<'de> Deserializer<'de> for Tracer<'_> {
    type Error = Wrong;

    /// The types that ask so tell in words what they expect.
    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Wrong> {
        let expected = (&visitor as &dyn Expected).to_string();
        let is = |begin: &str| expected.starts_with(begin);
        match () {
            () if expected.ends_with("or a law") => self.choice(Some(&expected), visitor),
            () if is("a length of time") => self.quantity(&expected, "1 s", visitor),
            () if is("an amount of data") => self.quantity(&expected, "1 MB", visitor),
            () if is("a data rate") => self.quantity(&expected, "1 Mbit/s", visitor),
            () if is("energy for") => self.quantity(&expected, "1 J/GB", visitor),
            () if is("a time of day") => self.quantity(&expected, "20:00", visitor),
            () if is("a share") => self.quantity(&expected, "50 %", visitor),
            () if is("any valid TOML value") => {
                self.note(|| Shape::Any);
                visitor.visit_bool(true)
            }
            () if is("a rule for the server, or up to") => {
                self.note(|| Shape::OneOrList(Box::default()));
                let (shape, pass) = (inside(self.shape)?, self.pass);
                visitor.visit_seq(Elements { shapes: core::slice::from_mut(shape), at: 0, pass })
            }
            () => self.choice(None, visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Wrong> {
        self.note(|| Shape::Flag);
        visitor.visit_bool(true)
    }
    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.count(u8::MAX.into(), visitor)
    }
    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.count(u16::MAX.into(), visitor)
    }
    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.count(u32::MAX.into(), visitor)
    }
    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.count(i64::MAX as u64, visitor)
    }
    fn deserialize_f64<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Wrong> {
        self.note(|| Shape::Number);
        visitor.visit_f64(1.0)
    }
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.text(visitor)
    }
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.text(visitor)
    }
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_some(self)
    }
    fn deserialize_unit<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Wrong> {
        self.note(|| Shape::Nothing);
        visitor.visit_unit()
    }
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }
    fn deserialize_seq<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Wrong> {
        self.note(|| Shape::List(Box::default()));
        let (shape, pass) = (inside(self.shape)?, self.pass);
        visitor.visit_seq(Elements { shapes: core::slice::from_mut(shape), at: 0, pass })
    }
    fn deserialize_tuple<V: Visitor<'de>>(
        mut self,
        count: usize,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.note(|| Shape::Tuple(vec![Shape::Unknown; count]));
        let Shape::Tuple(shapes) = self.shape else {
            return Err(Wrong::Other("a tuple, which was something else".to_owned()));
        };
        visitor.visit_seq(Elements { shapes, at: 0, pass: self.pass })
    }
    /// Tables by name; or the keys of a choice that came as a table, which have to be asked for.
    fn deserialize_map<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Wrong> {
        let expected = (&visitor as &dyn Expected).to_string();
        if expected.starts_with("struct") {
            if let Shape::Table(_) = self.shape {
                return self.table(&[], visitor);
            }
            let mut nothing = Shape::Unknown;
            let one = One { name: Some(NOBODY), shape: &mut nothing, pass: self.pass };
            return match visitor.visit_map(one) {
                Err(Wrong::Names(names)) => {
                    let field =
                        |name: &&'static str| Field { name, shape: Shape::Unknown, needed: None };
                    self.note(|| Shape::Table(names.iter().map(field).collect()));
                    Err(Wrong::Learned)
                }
                Err(wrong) => Err(wrong),
                Ok(_) => Err(Wrong::Other("a table that takes any key".to_owned())),
            };
        }
        self.note(|| Shape::Named(Box::default()));
        let (shape, pass) = (inside(self.shape)?, self.pass);
        visitor.visit_map(One { name: Some("x"), shape, pass })
    }
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.table(fields, visitor)
    }
    fn deserialize_enum<V: Visitor<'de>>(
        mut self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let name = |name: &&'static str| Name { name, shape: Shape::Unknown, alone: false };
        self.note(|| Shape::Names { names: names.iter().map(name).collect(), or: None });
        let own = next(self.shape)?;
        visitor.visit_enum(Variant { own, pass: self.pass })
    }
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u128 f32 char bytes byte_buf unit_struct tuple_struct identifier
    }
}

/// The keys of a table, but for one.
struct Given<'f> {
    fields: &'f mut [Field],
    at: usize,
    without: Option<usize>,
    pass: &'f Pass,
}

impl<'de> MapAccess<'de> for Given<'_> {
    type Error = Wrong;
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Wrong> {
        if self.without == Some(self.at) {
            self.at += 1;
        }
        let field = self.fields.get(self.at);
        field.map(|own| seed.deserialize(StrDeserializer::new(own.name))).transpose()
    }
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Wrong> {
        let field = &mut self.fields[self.at];
        self.at += 1;
        seed.deserialize(Tracer { shape: &mut field.shape, pass: self.pass })
    }
}

/// A table with one key.
struct One<'f> {
    name: Option<&'f str>,
    shape: &'f mut Shape,
    pass: &'f Pass,
}

impl<'de> MapAccess<'de> for One<'_> {
    type Error = Wrong;
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Wrong> {
        self.name.take().map(|name| seed.deserialize(StrDeserializer::new(name))).transpose()
    }
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Wrong> {
        seed.deserialize(Tracer { shape: self.shape, pass: self.pass })
    }
}

/// One element of each shape.
struct Elements<'f> {
    shapes: &'f mut [Shape],
    at: usize,
    pass: &'f Pass,
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Wrong;
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Wrong> {
        let pass = self.pass;
        let Some(shape) = self.shapes.get_mut(self.at) else {
            return Ok(None);
        };
        self.at += 1;
        seed.deserialize(Tracer { shape, pass }).map(Some)
    }
}

/// A name of a choice that is derived.
struct Variant<'f> {
    own: &'f mut Name,
    pass: &'f Pass,
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Wrong;
    type Variant = Self;
    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Wrong> {
        let name = seed.deserialize(StrDeserializer::new(self.own.name))?;
        Ok((name, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Wrong;
    fn unit_variant(self) -> Result<(), Wrong> {
        self.own.alone = true;
        self.own.shape = Shape::Nothing;
        Ok(())
    }
    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Wrong> {
        seed.deserialize(Tracer { shape: &mut self.own.shape, pass: self.pass })
    }
    fn tuple_variant<V: Visitor<'de>>(self, count: usize, visitor: V) -> Result<V::Value, Wrong> {
        Tracer { shape: &mut self.own.shape, pass: self.pass }.deserialize_tuple(count, visitor)
    }
    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        Tracer { shape: &mut self.own.shape, pass: self.pass }.table(fields, visitor)
    }
}
