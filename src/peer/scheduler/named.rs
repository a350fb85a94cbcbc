//! Choices that a scenario names: the bare name, with defaults, or the name with parameters.

/// An enum of policies, each with its parameters, as a scenario writes them: `"name"`, or
/// `{ name = { parameter = … } }`. A line per policy: variant, parameters, name, what it does.
macro_rules! choices {
    (
        $(#[$meta:meta])*
        pub enum $Choice:ident ($what:literal) {
            $($(#[$note:meta])* $Variant:ident($Parameters:ty) = $name:literal, $about:literal;)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $Choice {
            $(#[doc = $about] $(#[$note])* $Variant($Parameters),)+
        }

        impl $Choice {
            /// Every name.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// As a scenario names it.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$Variant(_) => $name,)+
                }
            }

            /// One line for `offpeak list policies`.
            pub const fn about(&self) -> &'static str {
                match self {
                    $(Self::$Variant(_) => $about,)+
                }
            }

            /// With its defaults; `None` for an unknown name.
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$Variant(<$Parameters>::default())),)+
                    _ => None,
                }
            }

            /// Every one with its defaults.
            pub fn all() -> impl Iterator<Item = Self> {
                Self::NAMES.iter().filter_map(|name| Self::named(name))
            }
        }

        impl serde::Serialize for $Choice {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$Variant(own) => {
                        to.serialize_newtype_variant(stringify!($Choice), 0, $name, own)
                    })+
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $Choice {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                use serde::de::{Error, MapAccess, Visitor};
                struct Named;
                impl<'de> Visitor<'de> for Named {
                    type Value = $Choice;
                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        f.write_str(concat!($what, ": one of "))?;
                        for (at, name) in $Choice::NAMES.iter().enumerate() {
                            write!(f, "{}\"{name}\"", if at > 0 { ", " } else { "" })?;
                        }
                        f.write_str(", or one of them with parameters")
                    }
                    fn visit_str<E: Error>(self, name: &str) -> Result<$Choice, E> {
                        $Choice::named(name)
                            .ok_or_else(|| E::unknown_variant(name, $Choice::NAMES))
                    }
                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<$Choice, A::Error> {
                        let name = map.next_key::<alloc::string::String>()?;
                        let choice = match name.as_deref() {
                            $(Some($name) => $Choice::$Variant(map.next_value()?),)+
                            Some(other) => {
                                return Err(A::Error::unknown_variant(other, $Choice::NAMES));
                            }
                            None => return Err(A::Error::custom(concat!("name ", $what))),
                        };
                        match map.next_key::<alloc::string::String>()? {
                            None => Ok(choice),
                            Some(_) => Err(A::Error::custom(concat!("name only one: ", $what))),
                        }
                    }
                }
                from.deserialize_any(Named)
            }
        }
    };
}

pub(in crate::peer) use choices;
