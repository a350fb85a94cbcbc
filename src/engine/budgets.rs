//! What homes may still send of their budgets.
//!
//! Invariant: what has been sent and what is promised to transfers under way never exceeds a budget.
//! Without budgets nothing is kept.

use crate::scenario::model::{Tariff, Upload};
use crate::units::{Bytes, Span, Time, TimeOfDay};
use crate::world::Homes;

/// Bytes sent or promised, by home.
#[derive(Debug, Default)]
pub(super) struct Budgets {
    /// Most in a day and from here to the end of the month, by kind of home.
    most: Vec<(u64, u64)>,
    clock: Span,
    /// Days begun.
    day: u64,
    /// By home, as are the following.
    kind: Vec<u32>,
    today: Vec<u64>,
    month: Vec<u64>,
}

impl Budgets {
    /// Those of all homes, whose devices may send like this, each of `uploads` in its place.
    pub(super) fn new(
        uploads: &[&Upload],
        (homes, tariffs): (&Homes, &[Tariff]),
        start: TimeOfDay,
    ) -> Self {
        let most = |upload: &Upload, tariff: Tariff| {
            let (day, month) = upload.budgets(tariff);
            let month = month.map_or(u64::MAX, |month| month.0 - upload.month_used.of(month).0);
            (day.map_or(u64::MAX, |day| day.0), month)
        };
        let each =
            uploads.iter().flat_map(|upload| tariffs.iter().map(|tariff| most(upload, *tariff)));
        let most: Vec<(u64, u64)> = each.collect();
        if most.iter().all(|most| *most == (u64::MAX, u64::MAX)) {
            return Self::default();
        }
        let kind = |home: usize| {
            u32::from(homes.device[home]) * tariffs.len() as u32 + u32::from(homes.line[home])
        };
        Self {
            most,
            clock: start.0,
            day: 0,
            kind: (0..homes.len()).map(kind).collect(),
            today: vec![0; homes.len()],
            month: vec![0; homes.len()],
        }
    }

    /// What `home` may promise now.
    pub(super) fn left(&self, home: u32, now: Time) -> Bytes {
        let at = home as usize;
        let Some(kind) = self.kind.get(at) else {
            return Bytes(u64::MAX);
        };
        let (most_today, most) = self.most[*kind as usize];
        let today = if self.day_at(now) == self.day { self.today[at] } else { 0 };
        Bytes((most_today - today).min(most - self.month[at]))
    }

    fn day_at(&self, now: Time) -> u64 {
        (self.clock.0 + now.0) / Span::DAY.0
    }

    /// `home` promises to send so much, which must be left.
    pub(super) fn promise(&mut self, home: u32, bytes: Bytes, now: Time) {
        let day = self.day_at(now);
        if day != self.day {
            self.day = day;
            self.today.fill(0);
        }
        if let (Some(today), Some(month)) =
            (self.today.get_mut(home as usize), self.month.get_mut(home as usize))
        {
            *today += bytes.0;
            *month += bytes.0;
        }
    }

    /// So much of what was promised was not sent. What was promised yesterday counts for yesterday.
    pub(super) fn give_back(&mut self, home: u32, bytes: Bytes) {
        if let (Some(today), Some(month)) =
            (self.today.get_mut(home as usize), self.month.get_mut(home as usize))
        {
            *today = today.saturating_sub(bytes.0);
            *month -= bytes.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::model::BudgetOn;
    use crate::units::Share;

    /// The first home's line is metered.
    const TARIFFS: [Tariff; 2] = [
        Tariff { metered: true, allowance: Some(Bytes(1_000)) },
        Tariff { metered: false, allowance: None },
    ];

    fn new(upload: &Upload, hour: u64) -> Budgets {
        let homes =
            Homes { isp: vec![0; 2], device: vec![0; 2], line: vec![0, 1], ..Homes::default() };
        Budgets::new(&[upload], (&homes, &TARIFFS), TimeOfDay(Span::from_secs(hour * 3_600)))
    }

    fn left(upload: &Upload) -> [u64; 2] {
        let budgets = new(upload, 0);
        [0, 1].map(|home| budgets.left(home, Time::ZERO).0)
    }

    #[test]
    fn days_end_at_midnight_and_months_do_not() {
        let upload = Upload {
            per_day: Some(Bytes(100)),
            per_month: Some(Bytes(300)),
            month_used: Share::from_ppm(500_000),
            ..Upload::default()
        };
        let mut budgets = new(&upload, 23);
        let (now, tomorrow) = (Time::ZERO, Time::ZERO + Span::from_secs(3600));
        assert_eq!(budgets.left(1, now), Bytes(100));
        budgets.promise(1, Bytes(90), now);
        assert_eq!((budgets.left(1, now), budgets.left(0, now)), (Bytes(10), Bytes(100)));
        budgets.give_back(1, Bytes(20));
        assert_eq!(budgets.left(1, now), Bytes(30));
        assert_eq!(budgets.left(1, tomorrow), Bytes(80), "of the month, as 70 are gone");
        budgets.promise(1, Bytes(80), tomorrow);
        assert_eq!(budgets.left(1, tomorrow), Bytes(0));
        let mut endless = new(&Upload::default(), 23);
        endless.promise(1, Bytes(90), now);
        assert_eq!(endless.left(1, now), Bytes(u64::MAX));
        assert!(endless.today.is_empty(), "nothing is kept");
    }

    #[test]
    fn a_budget_counts_on_the_lines_it_is_for() {
        let month = Some(Bytes(300));
        let any = Upload { per_month: month, ..Upload::default() };
        assert_eq!(left(&any), [300, 300]);
        let metered = Upload { budget_on: BudgetOn::MeteredLines, ..any };
        assert_eq!(left(&metered), [300, u64::MAX]);
        let part = Upload { of_allowance: Some(Share::from_ppm(100_000)), ..metered };
        assert_eq!(left(&part), [100, u64::MAX], "a tenth of what the line includes");
        assert_eq!(left(&Upload { per_month: None, ..part.clone() }), [100, u64::MAX]);
        assert_eq!(left(&Upload { budget_on: BudgetOn::AnyLine, ..part }), [100, 300]);
    }
}
