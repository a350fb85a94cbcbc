//! Round trips between viewers: between their cities where pings are known, else between their
//! countries.

use std::collections::BTreeMap;
use std::path::Path;

use super::table::Table;
use crate::units::Span;

/// A part of the world with viewers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Region {
    Europe,
    NorthAfrica,
    NorthAmerica,
}

/// Countries by FIPS code, as the table of cities calls them; no cities where that is empty.
const COUNTRIES: [(&str, &str, Region); 34] = {
    use Region::{Europe as EU, NorthAfrica as AF, NorthAmerica as AM};
    [
        ("FR", "France", EU),
        ("SP", "Spain", EU),
        ("GM", "Germany", EU),
        ("BE", "Belgium", EU),
        ("NL", "Netherlands", EU),
        ("IT", "Italy", EU),
        ("UK", "United Kingdom", EU),
        ("SW", "Sweden", EU),
        ("SZ", "Switzerland", EU),
        ("PO", "Portugal", EU),
        ("DA", "Denmark", EU),
        ("EI", "Ireland", EU),
        ("NO", "Norway", EU),
        ("AU", "Austria", EU),
        ("PL", "Poland", EU),
        ("FI", "Finland", EU),
        ("RO", "Romania", EU),
        ("GR", "Greece", EU),
        ("LU", "Luxembourg", EU),
        ("HU", "Hungary", EU),
        ("EZ", "Czech Republic", EU),
        ("BU", "Bulgaria", EU),
        ("LO", "Slovakia", EU),
        ("SI", "Slovenia", EU),
        ("RI", "Serbia", EU),
        ("LG", "Latvia", EU),
        ("LH", "Lithuania", EU),
        ("EN", "Estonia", EU),
        ("UP", "", EU),
        ("US", "United States", AM),
        ("CA", "Canada", AM),
        ("MO", "", AF),
        ("AG", "", AF),
        ("TS", "", AF),
    ]
};

/// What the homes' own lines add, both together. Assumed: two lines of 20 ms.
const LINES_MS: f64 = 40.0;
/// Where no ping is known within Europe or America.
const UNKNOWN_MS: f64 = 40.0;
/// Pings know no city in Africa: these three were fitted with the model.
const WITHIN_AFRICA_MS: f64 = 62.0;
const AFRICA_EUROPE_MS: f64 = 72.0;
const AFRICA_AMERICA_MS: f64 = 140.0;

/// Where a viewer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) region: Option<Region>,
    country: &'static str,
    city: String,
}

/// Between two viewers.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoundTrip {
    /// Without the lines of the homes, in ms.
    pub(super) between: f64,
    /// Whether a ping between the two cities is known; never within one city.
    pub(super) pinged: bool,
}

impl RoundTrip {
    /// With the lines.
    pub(super) fn whole(self) -> Span {
        Span::from_secs_f64((self.between + LINES_MS) / 1e3)
    }
}

/// All known round trips, in ms.
#[derive(Debug)]
pub(super) struct RoundTrips {
    /// Country of a city.
    cities: BTreeMap<String, String>,
    between: BTreeMap<(String, String), f64>,
    /// Sum and count between cities of two countries.
    countries: BTreeMap<(String, String), (f64, f64)>,
}

impl RoundTrips {
    /// Reads `city-rtt` in the folder of tables.
    ///
    /// # Errors
    /// What is missing or wrong.
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        let table = Table::read(folder, "city-rtt/cities.csv")?;
        let (city, country) = (table.column("city")?, table.column("country")?);
        let named = table.rows().map(|row| (row.text(city).into(), row.text(country).into()));
        let cities: BTreeMap<String, String> = named.collect();
        let table = Table::read(folder, "city-rtt/rtt.csv")?;
        let (from, to) = (table.column("src")?, table.column("dst")?);
        let rtt = table.column("rtt_avg_ms")?;
        let mut between = BTreeMap::new();
        let mut countries: BTreeMap<(String, String), (f64, f64)> = BTreeMap::new();
        for row in table.rows() {
            let (a, b, ms) = (row.text(from), row.text(to), row.number(rtt)?);
            between.insert((a.to_owned(), b.to_owned()), ms);
            if let (Some(x), Some(y)) = (cities.get(a), cities.get(b))
                && a != b
            {
                let (sum, count) = countries.entry((x.clone(), y.clone())).or_default();
                (*sum, *count) = (*sum + ms, *count + 1.0);
            }
        }
        Ok(Self { cities, between, countries })
    }

    /// Where a city of a country is; pings of a city of that name elsewhere do not count.
    pub(super) fn spot(&self, city: &str, fips: &str) -> Spot {
        let known = COUNTRIES.iter().find(|(code, ..)| *code == fips);
        let (country, region) =
            known.map_or(("", None), |(_, name, region)| (*name, Some(*region)));
        let there = self.cities.get(city).is_some_and(|named| named == country);
        let city = if there { city.to_owned() } else { String::new() };
        Spot { region, country, city }
    }

    /// Between two spots.
    pub(super) fn of(&self, from: &Spot, to: &Spot) -> RoundTrip {
        use Region::{NorthAfrica, NorthAmerica};
        let known = self.between.get(&(from.city.clone(), to.city.clone()));
        if let Some(ms) = known.filter(|_| !from.city.is_empty() && from.city != to.city) {
            return RoundTrip { between: *ms, pinged: true };
        }
        let guessed = match (from.region, to.region) {
            _ if !from.city.is_empty() && from.city == to.city => 0.0,
            (Some(NorthAfrica), Some(NorthAfrica)) => WITHIN_AFRICA_MS,
            (Some(NorthAfrica), Some(NorthAmerica)) | (Some(NorthAmerica), Some(NorthAfrica)) => {
                AFRICA_AMERICA_MS
            }
            (Some(NorthAfrica), _) | (_, Some(NorthAfrica)) => AFRICA_EUROPE_MS,
            _ => {
                let pair = (from.country.to_owned(), to.country.to_owned());
                self.countries.get(&pair).map_or(UNKNOWN_MS, |(sum, count)| sum / count)
            }
        };
        RoundTrip { between: guessed, pinged: false }
    }
}
