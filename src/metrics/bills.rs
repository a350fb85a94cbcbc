//! Who pays whom for a month, and what each has in the end.
//!
//! Invariant: every amount is paid by one stakeholder and received by another, in whole millionths, so
//! that all of them together have nothing more than before.

use std::collections::BTreeMap;

use super::billing::{billed, days, tiled};
use super::links::{Network, samples};
use super::tables::{BillRow, StakeholderRow, finite};
use crate::engine::observe::{LinkKind, SharedLink, Via};
use crate::scenario::model::{Business, Month, Prices, Tariff};
use crate::units::{Price, Time};
use crate::world::Background;

/// Bytes of the measured time that somebody may pay for.
pub(super) struct Moved<'a> {
    /// By [`Via`].
    pub(super) via: [u64; 6],
    /// Sent and received by each home.
    pub(super) homes: &'a [(u64, u64)],
}

/// The bills under way.
struct Book<'a> {
    network: &'a Network<'a>,
    prices: &'a Prices,
    /// Days of which a month of 30 is made; none for a measured month.
    days: Option<u64>,
    rows: Vec<BillRow>,
    /// Paid and received by each, in millionths.
    sums: BTreeMap<String, (i128, i128)>,
    currency: String,
}

/// The rows of `bills.csv` and `stakeholders.csv`.
pub(super) fn bills(
    network: &Network<'_>,
    prices: &Prices,
    moved: &Moved<'_>,
) -> (Vec<BillRow>, Vec<StakeholderRow>) {
    let bins = network.windows[0].len() as u64;
    let measured = network.bin.times(bins).0 / Background::STEP.0;
    let days = days(measured as usize, Background::STEPS) as u64;
    let mut book = Book {
        network,
        prices,
        days: (prices.month == Some(Month::Tiled)).then_some(days),
        rows: Vec::new(),
        sums: BTreeMap::new(),
        currency: currency(network, prices),
    };
    book.interconnects();
    book.service(moved);
    book.homes(moved);
    let known = book.stakeholders();
    (book.rows, known)
}

/// Number of the first measured sample within its day.
fn first(network: &Network<'_>) -> usize {
    let from = network.world.measure_from.since(Time::ZERO) + network.midnight_offset;
    (from.0 / Background::STEP.0) as usize % Background::STEPS
}

/// Of the first price that is said; all are in one.
fn currency(network: &Network<'_>, prices: &Prices) -> String {
    let own = [
        prices.appliance,
        prices.exchange,
        prices.origin,
        prices.reward,
        prices.metered,
        prices.zero_rating,
        prices.electricity,
    ];
    let ways = network.scenario.isp.iter().flat_map(|isp| isp.ways());
    let ways = ways.map(|way| way.and_then(|way| way.price));
    let first = own.into_iter().chain(ways).flatten().next();
    first.map_or_else(String::new, |price| price.currency.name().to_owned())
}

impl Book<'_> {
    /// Bytes of a month that has such days.
    fn month(&self, bytes: u64) -> u128 {
        let bytes = u128::from(bytes);
        self.days.map_or(bytes, |days| bytes * 30 / u128::from(days))
    }

    /// What is billed for each way into other networks, the larger direction.
    fn interconnects(&mut self) {
        let down = |(_, link): &(usize, SharedLink)| {
            link.down && matches!(link.kind, LinkKind::Interconnect { .. })
        };
        let there: Vec<(usize, SharedLink)> = self.network.there().filter(down).collect();
        for (at, towards) in there {
            let LinkKind::Interconnect { isp, way } = towards.kind else { continue };
            // The other direction comes just before.
            let away = self.network.links.shared[at - 1];
            let Some(link) = self.network.scenario.isp[usize::from(isp)].ways()[way as usize]
            else {
                continue;
            };
            let name = format!("isp:{}", self.network.world.topology.isps[usize::from(isp)].name);
            let (payer, payee, item) = match link.class {
                Business::SettlementFree => (name, "carriers".to_owned(), "settlement-free"),
                Business::PaidPeering => ("service".to_owned(), name, "paid-peering"),
                Business::Transit => (name, "carriers".to_owned(), "transit"),
            };
            let each = [self.percentile(at - 1, away), self.percentile(at, towards)];
            let largest = |of: fn(&(u64, u64)) -> u64| each.iter().map(of).max().unwrap_or(0);
            let (total, other) = (largest(|(total, _)| *total), largest(|(_, other)| *other));
            let mbps = |bytes: u64| bytes as f64 * 8e-6 / Background::STEP.as_secs_f64();
            let own = total - other;
            let per_megabit = 1_000_000 * Background::STEP.0 as u128 / 1_000_000_000;
            let amount =
                |price: Price| (u128::from(own) * 8 * u128::from(price.micro), per_megabit);
            let row = BillRow {
                payer,
                payee,
                item: if self.prices.month.is_some() { item } else { "p95_window" }.into(),
                link: self.network.name(towards.kind),
                quantity: finite(mbps(own)),
                unit: "Mbit/s".into(),
                total_mbps: finite(mbps(total)),
                background_mbps: finite(mbps(other)),
                price: None,
                amount: None,
                currency: String::new(),
            };
            self.enter(row, link.price, link.price.map(amount));
        }
    }

    /// The 95th percentile over the month with what others send, and of that alone, in bytes a sample.
    fn percentile(&self, at: usize, link: SharedLink) -> (u64, u64) {
        let bins = self.network.links.column(at).enumerate();
        let bins: Vec<u64> =
            bins.map(|(bin, bytes)| bytes + self.network.copied(link, bin)).collect();
        let (own, width) = samples(&bins, self.network.bin);
        // Without a month bins may be wider than a sample; then rates of samples are those of bins.
        let own: Vec<u64> = if width == Background::STEP {
            own
        } else {
            let scale = |bytes: u64| {
                u128::from(bytes) * u128::from(Background::STEP.0) / u128::from(width.0.max(1))
            };
            own.iter().map(|bytes| scale(*bytes) as u64).collect()
        };
        let background = self.network.background(link.kind);
        let other = |step: usize| {
            let since = Background::STEP.times(step as u64);
            let rate = background.map(|other| other.at(since, link.down));
            rate.map_or(0, |rate| rate.bytes_in(Background::STEP).0)
        };
        let day: Vec<u64> = (0..Background::STEPS).map(other).collect();
        let first = first(self.network);
        if self.days.is_some() {
            let mut alone = tiled(&[], 0, &day);
            return (billed(&mut tiled(&own, first, &day)), billed(&mut alone));
        }
        let steps = width.0.div_ceil(Background::STEP.0).max(1) as usize;
        let at = |nth: usize| day[(first + nth * steps) % Background::STEPS];
        let mut with: Vec<u64> = own.iter().enumerate().map(|(nth, own)| own + at(nth)).collect();
        let mut alone: Vec<u64> = (0..own.len()).map(at).collect();
        (billed(&mut with), billed(&mut alone))
    }

    /// What the service pays the CDN.
    fn service(&mut self, moved: &Moved<'_>) {
        let tiers = [
            ("appliance", Via::Appliance, self.prices.appliance),
            ("exchange", Via::Exchange, self.prices.exchange),
            ("origin", Via::Origin, self.prices.origin),
        ];
        for (link, via, price) in tiers {
            let row = row(("service", "cdn"), "egress", link);
            self.by_the_gigabyte(row, self.month(moved.via[via as usize]), price);
        }
    }

    /// What homes get for sending, and what it costs them.
    fn homes(&mut self, moved: &Moved<'_>) {
        let homes = &self.network.world.homes;
        let sent: u64 = moved.homes.iter().map(|(sent, _)| sent).sum();
        let month = self.month(sent);
        self.by_the_gigabyte(row(("service", "homes"), "reward", ""), month, self.prices.reward);
        // By provider: what metered lines sent, and what they would not have paid for otherwise.
        let mut metered = vec![(0, 0); self.network.scenario.isp.len()];
        for (home, moved) in moved.homes.iter().enumerate() {
            let tariff = self.network.world.topology.tariffs[usize::from(homes.line[home])];
            if tariff.metered {
                let sums = &mut metered[usize::from(homes.isp[home])];
                sums.0 += self.month(moved.0);
                sums.1 += self.beyond(tariff, *moved);
            }
        }
        for ((all, beyond), isp) in metered.into_iter().zip(&self.network.world.topology.isps) {
            let to = format!("isp:{}", isp.name);
            let (from, item, bytes, price) = match self.prices.zero_rating {
                Some(price) => ("service", "zero-rating", all, Some(price)),
                None => ("homes", "metered", beyond, self.prices.metered),
            };
            if bytes > 0 {
                self.by_the_gigabyte(row((from, &to), item, ""), bytes, price);
            }
        }
        let each = self.network.scenario.energy.home_up.0;
        if let Some(price) = self.prices.electricity {
            let mj = self.month(sent) * u128::from(each) / 1_000_000_000;
            let row = BillRow {
                quantity: finite(mj as f64 / 3.6e9),
                unit: "kWh".into(),
                ..row(("homes", "power"), "electricity", "")
            };
            self.enter(row, Some(price), Some((mj * u128::from(price.micro), 3_600_000_000)));
        }
    }

    /// Of a home's month, bytes beyond what its tariff includes that are so because it sends.
    fn beyond(&self, tariff: Tariff, (sent, received): (u64, u64)) -> u128 {
        let included = tariff.allowance.map_or(0, |allowance| u128::from(allowance.0));
        let received = self.month(received);
        let over = |bytes: u128| bytes.saturating_sub(included);
        over(received + self.month(sent)) - over(received)
    }

    /// Bytes of a month at a price.
    fn by_the_gigabyte(&mut self, row: BillRow, bytes: u128, price: Option<Price>) {
        let row = BillRow { quantity: finite(bytes as f64 / 1e9), ..row };
        let amount = price.map(|price| (bytes * u128::from(price.micro), 1_000_000_000));
        self.enter(row, price, amount);
    }

    /// Adds a row; its amount, a numerator and a denominator, counts where there is a month.
    fn enter(&mut self, mut row: BillRow, price: Option<Price>, amount: Option<(u128, u128)>) {
        row.price = price.map(Price::as_f64);
        if let Some((whole, parts)) = amount.filter(|_| self.prices.month.is_some()) {
            let micro = ((whole + parts / 2) / parts) as i128;
            self.sums.entry(row.payer.clone()).or_default().0 += micro;
            self.sums.entry(row.payee.clone()).or_default().1 += micro;
            row.amount = finite(micro as f64 / 1e6);
        }
        if price.is_some() {
            row.currency.clone_from(&self.currency);
        }
        self.rows.push(row);
    }

    /// Everybody, in a fixed order; nobody where nothing is billed.
    fn stakeholders(&self) -> Vec<StakeholderRow> {
        if self.sums.is_empty() {
            return Vec::new();
        }
        let isps = self.network.world.topology.isps.iter().map(|isp| format!("isp:{}", isp.name));
        let others = ["service", "cdn"].map(str::to_owned).into_iter().chain(isps);
        let all = others.chain(["homes", "carriers", "power"].map(str::to_owned));
        all.map(|stakeholder| {
            let (paid, received) = self.sums.get(&stakeholder).copied().unwrap_or_default();
            let money = |micro: i128| finite(micro as f64 / 1e6);
            StakeholderRow {
                paid: money(paid),
                received: money(received),
                net: money(received - paid),
                currency: self.currency.clone(),
                stakeholder,
            }
        })
        .collect()
    }
}

fn row((payer, payee): (&str, &str), item: &'static str, link: &str) -> BillRow {
    BillRow {
        payer: payer.to_owned(),
        payee: payee.to_owned(),
        item: item.into(),
        link: link.to_owned(),
        quantity: None,
        unit: "GB".into(),
        total_mbps: None,
        background_mbps: None,
        price: None,
        amount: None,
        currency: String::new(),
    }
}
