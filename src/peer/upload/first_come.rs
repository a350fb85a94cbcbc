//! First come, first served, while slots are free.

use serde::{Deserialize, Serialize};

use super::Displaced;
use crate::peer::Refusal;

/// Whoever asks while a slot is free has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FirstCome {}

impl FirstCome {
    #[expect(clippy::unused_self, reason = "rules are asked alike")]
    pub(super) const fn place(self, (slots, taken): (u32, u32)) -> Result<Displaced, Refusal> {
        if taken < slots { Ok(None) } else { Err(Refusal::Busy) }
    }
}
