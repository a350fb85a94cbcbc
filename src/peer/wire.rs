//! Control messages between peers, and how long they are on the wire.
//!
//! Little-endian: one byte of kind, then the fields. The simulator counts [`Message::len`], a live
//! client writes [`Message::encode`].

use alloc::vec::Vec;

use super::{Item, PeerId};

/// A control message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// "Send me this segment from this byte on, to its end or up to another byte."
    Request {
        /// Which item.
        item: Item,
        /// Which segment.
        segment: u16,
        /// First byte wanted.
        from_byte: u32,
        /// First byte not wanted, for a piece.
        to_byte: Option<u32>,
        /// How urgent it is, as the number of [`super::Class`].
        class: Option<u8>,
    },
    /// "I won't", with a reason.
    Refused {
        /// Which segment.
        segment: u16,
        /// Why, as the number of [`super::Refusal`].
        why: u8,
    },
    /// "Stop sending."
    Cancel {
        /// Which segment.
        segment: u16,
    },
    /// "I will not serve you until I say otherwise", or otherwise.
    Choke {
        /// Whether it serves no more.
        choked: bool,
    },
    /// "I have these, and I am fetching those from the CDN."
    Announcement {
        /// Ranges held, half-open.
        loaded: Vec<(u16, u16)>,
        /// Segments in flight from the CDN.
        http_loading: Vec<u16>,
    },
    /// "These watch it too."
    Names(Vec<PeerId>),
}

impl Message {
    /// Bytes on the wire.
    pub fn len(&self) -> usize {
        match self {
            Self::Request { to_byte, class, .. } => {
                12 + 4 * usize::from(to_byte.is_some()) + usize::from(class.is_some())
            }
            Self::Refused { .. } => 4,
            Self::Cancel { .. } => 3,
            Self::Choke { .. } => 2,
            Self::Announcement { loaded, http_loading } => {
                announcement_len(loaded.len(), http_loading.len())
            }
            Self::Names(names) => names_len(names.len()),
        }
    }

    /// A message is never empty.
    pub const fn is_empty(&self) -> bool {
        false
    }

    /// Appends the message to `to`.
    pub fn encode(&self, to: &mut Vec<u8>) {
        match self {
            Self::Request { item, segment, from_byte, to_byte, class } => {
                to.push(match (to_byte, class) {
                    (None, None) => 0,
                    (Some(_), None) => 4,
                    (None, Some(_)) => 6,
                    (Some(_), Some(_)) => 7,
                });
                to.extend(item.title.to_le_bytes());
                to.push(item.rung);
                to.extend(segment.to_le_bytes());
                to.extend(from_byte.to_le_bytes());
                to.extend(to_byte.iter().flat_map(|byte| byte.to_le_bytes()));
                to.extend(class);
            }
            Self::Refused { segment, why } => {
                to.push(1);
                to.extend(segment.to_le_bytes());
                to.push(*why);
            }
            Self::Cancel { segment } => {
                to.push(2);
                to.extend(segment.to_le_bytes());
            }
            Self::Choke { choked } => to.extend([5, u8::from(*choked)]),
            Self::Announcement { loaded, http_loading } => {
                to.push(3);
                to.extend((loaded.len() as u16).to_le_bytes());
                for (from, until) in loaded {
                    to.extend(from.to_le_bytes());
                    to.extend(until.to_le_bytes());
                }
                to.push(http_loading.len() as u8);
                for segment in http_loading {
                    to.extend(segment.to_le_bytes());
                }
            }
            Self::Names(names) => {
                to.extend([8, names.len() as u8]);
                to.extend(names.iter().flat_map(|name| name.0.to_le_bytes()));
            }
        }
    }

    /// Reads one message that fills `from` exactly; `None` when malformed.
    pub fn decode(from: &[u8]) -> Option<Self> {
        let mut rest = from;
        let message = match byte(&mut rest)? {
            kind @ (0 | 4 | 6 | 7) => Self::Request {
                item: Item { title: long(&mut rest)?, rung: byte(&mut rest)? },
                segment: short(&mut rest)?,
                from_byte: long(&mut rest)?,
                to_byte: if kind == 4 || kind == 7 { Some(long(&mut rest)?) } else { None },
                class: if kind >= 6 { Some(byte(&mut rest)?) } else { None },
            },
            1 => Self::Refused { segment: short(&mut rest)?, why: byte(&mut rest)? },
            2 => Self::Cancel { segment: short(&mut rest)? },
            5 => match byte(&mut rest)? {
                choked @ (0 | 1) => Self::Choke { choked: choked == 1 },
                _ => return None,
            },
            3 => {
                let ranges = short(&mut rest)?;
                let range = |rest: &mut &[u8]| Some((short(rest)?, short(rest)?));
                let loaded = (0..ranges).map(|_| range(&mut rest)).collect::<Option<_>>()?;
                let count = byte(&mut rest)?;
                let http_loading = (0..count).map(|_| short(&mut rest)).collect::<Option<_>>()?;
                Self::Announcement { loaded, http_loading }
            }
            8 => {
                let count = byte(&mut rest)?;
                let names = (0..count).map(|_| long(&mut rest).map(PeerId));
                Self::Names(names.collect::<Option<_>>()?)
            }
            _ => return None,
        };
        rest.is_empty().then_some(message)
    }
}

/// Bytes of an announcement of `ranges` ranges and `http` segments in flight.
pub const fn announcement_len(ranges: usize, http: usize) -> usize {
    4 + 4 * ranges + 2 * http
}

/// Bytes of a message of so many names, at most 255.
pub const fn names_len(names: usize) -> usize {
    2 + 4 * names
}

fn byte(from: &mut &[u8]) -> Option<u8> {
    let (first, rest) = from.split_first()?;
    *from = rest;
    Some(*first)
}

fn short(from: &mut &[u8]) -> Option<u16> {
    Some(u16::from_le_bytes([byte(from)?, byte(from)?]))
}

fn long(from: &mut &[u8]) -> Option<u32> {
    Some(u32::from(short(from)?) | u32::from(short(from)?) << 16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn messages() -> impl Strategy<Value = Message> {
        prop_oneof![
            (
                (any::<u32>(), any::<u8>()),
                any::<u16>(),
                any::<u32>(),
                any::<Option<u32>>(),
                any::<Option<u8>>()
            )
                .prop_map(|((title, rung), segment, from_byte, to_byte, class)| {
                    Message::Request {
                        item: Item { title, rung },
                        segment,
                        from_byte,
                        to_byte,
                        class,
                    }
                }),
            any::<bool>().prop_map(|choked| Message::Choke { choked }),
            (any::<u16>(), any::<u8>())
                .prop_map(|(segment, why)| Message::Refused { segment, why }),
            any::<u16>().prop_map(|segment| Message::Cancel { segment }),
            (
                prop::collection::vec(any::<(u16, u16)>(), 0..20),
                prop::collection::vec(any::<u16>(), 0..4)
            )
                .prop_map(|(loaded, http_loading)| Message::Announcement { loaded, http_loading }),
            prop::collection::vec(any::<u32>().prop_map(PeerId), 0..60).prop_map(Message::Names),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(message in messages()) {
            let mut bytes = Vec::new();
            message.encode(&mut bytes);
            prop_assert_eq!(bytes.len(), message.len());
            prop_assert_eq!(Message::decode(&bytes), Some(message));
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ignored = Message::decode(&bytes);
        }
    }
}
