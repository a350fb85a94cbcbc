//! What things cost.

use std::collections::BTreeMap;

use super::{ArmPlan, Checker};
use crate::scenario::model::{Device, Month, Prices, Scenario};
use crate::units::{Per, Price, Share, Span};

/// Shortest measured time that counts as a month.
const LEAST_MONTH: Span = Span::from_secs(28 * 86_400);
/// Width of the samples a carrier bills by.
const SAMPLE: Span = Span::from_secs(300);

pub(super) fn check(scenario: &Scenario, plans: &[ArmPlan], c: &mut Checker<'_>) {
    let prices = &scenario.prices;
    each(prices, c);
    for plan in plans {
        c.within(&plan.name, |c| each(&plan.prices, c));
    }
    if prices.electricity.is_some() && scenario.energy.home_up.0 == 0 {
        let message = "electricity has a price, but sending takes none";
        c.warn("S0408", "prices.electricity", message, "needs `energy.home_up`");
    }
    one_currency(scenario, plans, c);
    month(scenario, c);
}

fn each(prices: &Prices, c: &mut Checker<'_>) {
    for (key, price, per) in keys(prices) {
        if let Some(price) = price {
            fits(&format!("prices.{key}"), price, per, c);
        }
    }
}

fn keys(prices: &Prices) -> [(&'static str, Option<Price>, Per); 7] {
    [
        ("appliance", prices.appliance, Per::Gigabyte),
        ("exchange", prices.exchange, Per::Gigabyte),
        ("origin", prices.origin, Per::Gigabyte),
        ("reward", prices.reward, Per::Gigabyte),
        ("metered", prices.metered, Per::Gigabyte),
        ("zero_rating", prices.zero_rating, Per::Gigabyte),
        ("electricity", prices.electricity, Per::KilowattHour),
    ]
}

/// That a price is for what its key is about.
pub(super) fn fits(path: &str, price: Price, per: Per, c: &mut Checker<'_>) {
    if price.per != per {
        let message = format!("a price by the {} does not fit", price.per.name());
        let label = format!("by the {}, such as \"0.02 GBP/{}\"", per.name(), per.name());
        c.error("S0221", path, message, label);
    }
}

fn one_currency(scenario: &Scenario, plans: &[ArmPlan], c: &mut Checker<'_>) {
    let own = keys(&scenario.prices).into_iter();
    let own = own.filter_map(|(key, price, _)| Some((format!("prices.{key}"), price?)));
    let ways = scenario.isp.iter().enumerate().flat_map(|(at, isp)| {
        let ways = ["interconnect", "to_cdn", "to_peers"].into_iter().zip(isp.ways());
        ways.filter_map(move |(way, link)| Some((format!("isp.{at}.{way}.price"), link?.price?)))
    });
    let arms = plans.iter().flat_map(|plan| {
        let own = keys(&plan.prices).into_iter();
        own.filter_map(|(key, price, _)| {
            Some((format!("arm.{}.set.prices.{key}", plan.name), price?))
        })
    });
    // An arm's prices that it does not set are the scenario's.
    let arms: Vec<(String, Price)> = arms.filter(|(path, _)| c.has(path)).collect();
    let own = own.chain(rewards("", &scenario.device));
    let arms = arms.into_iter().chain(plans.iter().flat_map(|plan| {
        let all = rewards(&format!("arm.{}.set.", plan.name), &plan.device);
        all.into_iter().filter(|(path, _)| c.has(path))
    }));
    let all: Vec<(String, Price)> = own.chain(ways).chain(arms).collect();
    let Some((_, first)) = all.first() else {
        return;
    };
    for (path, price) in &all {
        if price.currency != first.currency {
            let (one, other) = (first.currency, price.currency);
            let message = format!("prices in {} and in {}", one.name(), other.name());
            c.error("S0221", path, message, format!("in {}", one.name()));
        }
    }
    if scenario.prices.month.is_none() {
        let message = "prices without a month to bill";
        let help = "`prices.month = \"tiled\"` repeats the measured time until 30 days are full";
        c.warn("S0408", &all[0].0, message, "nothing is billed").help = Some(help.to_owned());
    }
}

/// What devices' curves of opting in are over.
fn rewards(prefix: &str, devices: &BTreeMap<String, Device>) -> Vec<(String, Price)> {
    let each = |(name, device): (&String, &Device)| {
        let path = format!("{prefix}device.{name}.upload.opt_in");
        let price = |(at, (price, _)): (usize, &(Price, Share))| (format!("{path}.{at}.0"), *price);
        device.upload.opt_in.iter().enumerate().map(price).collect::<Vec<_>>()
    };
    devices.iter().flat_map(each).collect()
}

/// That the measured time can be a month.
fn month(scenario: &Scenario, c: &mut Checker<'_>) {
    let (run, path) = (&scenario.run, "prices.month");
    let Some(month) = scenario.prices.month else {
        return;
    };
    if month == Month::Simulated && run.length < LEAST_MONTH {
        let message = format!("a measured time of {} is no month", run.length);
        c.error("S0203", path, message, format!("{LEAST_MONTH} or more, or \"tiled\""));
    }
    let aligned = (run.start.0 + run.warm_up).0.is_multiple_of(SAMPLE.0);
    if run.bin == Span::ZERO || !SAMPLE.0.is_multiple_of(run.bin.0) || !aligned {
        let message = format!("bins of {} do not make samples of {SAMPLE}", run.bin);
        let label = format!("`run.bin` must divide {SAMPLE}, and the measured time begin with one");
        c.error("S0203", path, message, label);
    }
}
