//! What stands in homes, and when it is powered.

use serde::{Deserialize, Serialize};

use super::{SpanLaw, Tariff, is_nothing};
use crate::peer::cache::{CachePolicy, Grain};
use crate::units::{BitRate, Bytes, Price, Share};

/// A kind of device that plays, keeps and sends.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Its share of homes; all add up to 1.
    pub share: Share,
    /// What is kept on disk.
    pub cache: Cache,
    /// Memory for segments around the play position, when they are not in the cache.
    #[serde(default = "default_memory")]
    pub memory: Bytes,
    /// What it gives.
    #[serde(default)]
    pub upload: Upload,
    /// Share of homes with this device whose box follows `[box]`; the others are on only while
    /// somebody watches.
    #[serde(default = "whole")]
    pub standby: Share,
    /// Share of homes with this device where it runs on battery.
    #[serde(default)]
    pub battery: Share,
    /// Share of homes with this device that send corrupt segments.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub pollutes: Share,
    /// How fast it verifies what peers send; at once when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash_rate: Option<BitRate>,
}

/// What is kept on disk.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// Never held more than this.
    pub size: Bytes,
    /// Which title gives way when it is full.
    #[serde(default)]
    pub policy: CachePolicy,
    /// What that title gives up.
    #[serde(default)]
    pub grain: Grain,
}

/// What a device gives to others.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Upload {
    /// Share of homes with this device that give at all.
    pub permitted: Share,
    /// The same by the reward offered, `prices.reward`, in its place: straight lines between these
    /// points, level before the first and after the last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub opt_in: Vec<(Price, Share)>,
    /// Transfers at once.
    pub slots: u32,
    /// Part of the line's upstream that may be used.
    pub share: Share,
    /// At most this for one transfer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<BitRate>,
    /// Whether it gives over a metered line.
    pub metered: bool,
    /// Whether it gives on battery.
    pub on_battery: bool,
    /// Whether it gives while nobody watches.
    pub in_standby: bool,
    /// A request that would get less than this of the uplink is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<BitRate>,
    /// Most bytes from midnight to midnight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_day: Option<Bytes>,
    /// Most bytes in a month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_month: Option<Bytes>,
    /// Part of the month's bytes that is gone when the run begins.
    pub month_used: Share,
    /// Most in a month as a part of the line's allowance, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_allowance: Option<Share>,
    /// Which lines `per_day` and `per_month` are for.
    pub budget_on: BudgetOn,
}

/// On which lines a budget counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BudgetOn {
    /// On every line: for a client that cannot tell them apart.
    #[default]
    AnyLine,
    /// On metered lines alone.
    MeteredLines,
}

/// When boxes are powered without being watched: alternating on and off times.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BoxOn {
    /// Length of a time on.
    pub on: SpanLaw,
    /// Length of a time off.
    pub off: SpanLaw,
}

impl BoxOn {
    /// Whether nothing is said.
    pub const fn is_empty(&self) -> bool {
        self.on.is_empty() && self.off.is_empty()
    }
}

impl Default for Upload {
    fn default() -> Self {
        Self {
            permitted: Share::ONE,
            opt_in: Vec::new(),
            slots: 4,
            share: Share::from_ppm(800_000),
            cap: None,
            metered: false,
            on_battery: false,
            in_standby: true,
            least: None,
            per_day: None,
            per_month: None,
            month_used: Share::ZERO,
            of_allowance: None,
            budget_on: BudgetOn::AnyLine,
        }
    }
}

impl Upload {
    /// Share of homes that give at all when this `reward` is offered.
    pub fn permits(&self, reward: Option<Price>) -> Share {
        let offered = reward.map_or(0, |price| price.micro);
        let after = self.opt_in.partition_point(|(price, _)| price.micro <= offered);
        let before = after.checked_sub(1).and_then(|before| self.opt_in.get(before));
        match (before, self.opt_in.get(after)) {
            (None, None) => self.permitted,
            (Some((_, share)), None) | (None, Some((_, share))) => *share,
            (Some((low, from)), Some((high, to))) => {
                let (along, width) = (offered - low.micro, high.micro - low.micro);
                let part = |share: &Share, by: u64| u128::from(share.ppm()) * u128::from(by);
                let sum = part(from, width - along) + part(to, along);
                Share::from_ppm((sum / u128::from(width)) as u32)
            }
        }
    }

    /// Most bytes in a day and in a month over a line like this.
    pub fn budgets(&self, tariff: Tariff) -> (Option<Bytes>, Option<Bytes>) {
        let counts = self.budget_on == BudgetOn::AnyLine || tariff.metered;
        let own = |budget: Option<Bytes>| budget.filter(|_| counts);
        let of_line = |share: Share| tariff.allowance.map(|all| share.of(all));
        let of_line = self.of_allowance.and_then(of_line);
        (own(self.per_day), own(self.per_month).into_iter().chain(of_line).min())
    }
}

const fn whole() -> Share {
    Share::ONE
}

const fn default_memory() -> Bytes {
    Bytes(256_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn price(micro: u64) -> Price {
        Price { micro, .."1 GBP/GB".parse().expect("a price") }
    }

    #[test]
    fn between_two_rewards_a_straight_line_and_level_outside() {
        let share = Share::from_ppm;
        let opt_in = vec![(price(100), share(200_000)), (price(300), share(600_000))];
        let upload = Upload { opt_in, ..Upload::default() };
        let permits = |reward: u64| upload.permits(Some(price(reward))).ppm();
        assert_eq!(
            [0, 100, 150, 200, 300, 900].map(permits),
            [200_000, 200_000, 300_000, 400_000, 600_000, 600_000]
        );
        assert_eq!(upload.permits(None), share(200_000), "no reward is one of nothing");
        assert_eq!(Upload::default().permits(Some(price(1))), Share::ONE);
    }

    proptest! {
        /// Where shares do not fall, more reward never brings fewer homes.
        #[test]
        fn more_reward_brings_no_fewer(
            mut points in proptest::collection::btree_map(0..1_000_u64, 0..=1_000_000_u32, 1..6),
            (a, b) in (0..1_200_u64, 0..1_200_u64),
        ) {
            let mut most = 0;
            for share in points.values_mut() {
                most = most.max(*share);
                *share = most;
            }
            let opt_in = points.into_iter().map(|(at, share)| (price(at), Share::from_ppm(share)));
            let upload = Upload { opt_in: opt_in.collect(), ..Upload::default() };
            let [low, high] = [a.min(b), a.max(b)].map(|reward| upload.permits(Some(price(reward))));
            prop_assert!(low <= high);
        }
    }
}
