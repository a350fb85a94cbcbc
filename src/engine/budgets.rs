//! What homes may still send of their budgets.
//!
//! Invariant: what has been sent and what is promised to transfers under way never exceeds a budget.
//! Without budgets nothing is kept.

use crate::scenario::model::Upload;
use crate::units::{Bytes, Span, Time, TimeOfDay};

/// Bytes sent or promised, by home.
#[derive(Debug, Default)]
pub(super) struct Budgets {
    /// Most in a day and from here to the end of the month, by device.
    most: Vec<(u64, u64)>,
    clock: Span,
    /// Days begun.
    day: u64,
    today: Vec<u64>,
    month: Vec<u64>,
}

impl Budgets {
    pub(super) fn new<'a>(
        uploads: impl Iterator<Item = &'a Upload>,
        start: TimeOfDay,
        homes: usize,
    ) -> Self {
        let most = |upload: &Upload| {
            let day = upload.per_day.map_or(u64::MAX, |day| day.0);
            let month = upload.per_month.map_or(u64::MAX, |month| {
                let used = u128::from(month.0) * u128::from(upload.month_used.ppm()) / 1_000_000;
                month.0 - used as u64
            });
            (day, month)
        };
        let most: Vec<(u64, u64)> = uploads.map(most).collect();
        let any = most.iter().any(|most| *most != (u64::MAX, u64::MAX));
        let kept = if any { homes } else { 0 };
        Self { most, clock: start.0, day: 0, today: vec![0; kept], month: vec![0; kept] }
    }

    /// What `home` with `device` may promise now.
    pub(super) fn left(&self, home: u32, device: u8, now: Time) -> Bytes {
        let at = home as usize;
        if self.today.is_empty() {
            return Bytes(u64::MAX);
        }
        let (most_today, most) = self.most[usize::from(device)];
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
    use crate::units::Share;

    #[test]
    fn days_end_at_midnight_and_months_do_not() {
        let upload = Upload {
            per_day: Some(Bytes(100)),
            per_month: Some(Bytes(300)),
            month_used: Share::from_ppm(500_000),
            ..Upload::default()
        };
        let start = TimeOfDay(Span::from_secs(23 * 3600));
        let mut budgets = Budgets::new([&upload].into_iter(), start, 2);
        let (now, tomorrow) = (Time::ZERO, Time::ZERO + Span::from_secs(3600));
        assert_eq!(budgets.left(1, 0, now), Bytes(100));
        budgets.promise(1, Bytes(90), now);
        assert_eq!((budgets.left(1, 0, now), budgets.left(0, 0, now)), (Bytes(10), Bytes(100)));
        budgets.give_back(1, Bytes(20));
        assert_eq!(budgets.left(1, 0, now), Bytes(30));
        assert_eq!(budgets.left(1, 0, tomorrow), Bytes(80), "of the month, as 70 are gone");
        budgets.promise(1, Bytes(80), tomorrow);
        assert_eq!(budgets.left(1, 0, tomorrow), Bytes(0));
        let none = Upload::default();
        let mut endless = Budgets::new([&none].into_iter(), start, 2);
        endless.promise(1, Bytes(90), now);
        assert_eq!(endless.left(1, 0, now), Bytes(u64::MAX));
        assert!(endless.today.is_empty(), "nothing is kept");
    }
}
