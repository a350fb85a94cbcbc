//! Links as measured: who got segments from whom, how many, how fast.

use std::collections::BTreeMap;
use std::path::Path;

use super::round_trips::{Region, RoundTrip, RoundTrips, Spot};
use super::table::Table;

/// Mean size of a segment of the top rung, in kbyte.
pub(super) const TOP: std::ops::RangeInclusive<f64> = 1_250.0..=1_350.0;

/// One directed link of one day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) receiver: u32,
    pub(super) sender: u32,
    /// From the sender's region to the receiver's, where both are known.
    pub(super) regions: Option<(Region, Region)>,
    pub(super) same_isp: bool,
    pub(super) trip: RoundTrip,
    pub(super) segments: u32,
    /// Mean rate of its segments in kbyte/s, and the standard deviation.
    pub(super) rate: f64,
    pub(super) deviation: f64,
    /// Seconds of the day.
    pub(super) start: f64,
    pub(super) end: f64,
}

/// Links of a day at the top rung.
///
/// # Errors
/// What is missing or wrong in the tables.
pub(super) fn top_links(folder: &Path, day: &str, trips: &RoundTrips) -> Result<Vec<Link>, String> {
    let viewers = viewers(folder, day, trips)?;
    let table = Table::read(folder, &format!("p2p-live-2020/links_{day}.csv"))?;
    let names =
        ["receiver", "sender", "chunks", "kbyte", "rate_kbyteps", "rate_sd", "start_s", "end_s"];
    let mut columns = Vec::new();
    for name in names {
        columns.push(table.column(name)?);
    }
    let mut links = Vec::new();
    for row in table.rows() {
        let mut values = [0.0; 8];
        for (value, column) in values.iter_mut().zip(&columns) {
            *value = row.number(*column)?;
        }
        let [receiver, sender, segments, kbyte, rate, deviation, start, end] = values;
        if !TOP.contains(&(kbyte / segments)) {
            continue;
        }
        let (receiver, sender) = (receiver as u32, sender as u32);
        let (Some((isp, spot)), Some((other, from))) =
            (viewers.get(&receiver), viewers.get(&sender))
        else {
            return Err(format!("links_{day}.csv: {receiver} or {sender} is not a viewer"));
        };
        links.push(Link {
            receiver,
            sender,
            regions: from.region.zip(spot.region),
            same_isp: isp == other,
            trip: trips.of(from, spot),
            segments: segments as u32,
            rate,
            deviation,
            start,
            end,
        });
    }
    Ok(links)
}

/// Provider and place of each viewer.
fn viewers(
    folder: &Path,
    day: &str,
    trips: &RoundTrips,
) -> Result<BTreeMap<u32, (u32, Spot)>, String> {
    let table = Table::read(folder, &format!("p2p-live-2020/peers_{day}.csv"))?;
    let (peer, isp) = (table.column("peer")?, table.column("isp")?);
    let (city, country) = (table.column("city")?, table.column("country_fips")?);
    let mut viewers = BTreeMap::new();
    for row in table.rows() {
        let spot = trips.spot(row.text(city), row.text(country));
        viewers.insert(row.number(peer)? as u32, (row.number(isp)? as u32, spot));
    }
    Ok(viewers)
}
