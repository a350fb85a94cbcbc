//! What is varied: axes with their levels, each of which lays keys over the scenario.

use super::Scenario;

/// The level of an axis that a point leaves as in the file.
pub const AS_GIVEN: &str = "=";
/// Points of a grid at most.
pub const MOST_POINTS: usize = 10_000;

/// Something that is varied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The dotted key, or the name of what changes together.
    pub name: String,
    /// In the order in which they are given.
    pub levels: Vec<Level>,
}

/// A value of an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// What tables call it: the value as it is written, or its `name`.
    pub name: String,
    /// Dotted keys with their values.
    pub sets: Vec<(String, String)>,
}

/// The axes of `scenario`, by name.
pub fn axes(scenario: &Scenario) -> Vec<Axis> {
    let axis = |(name, levels): (&String, &Vec<toml::Value>)| Axis {
        name: name.clone(),
        levels: levels.iter().enumerate().map(|(at, value)| level(name, at, value)).collect(),
    };
    scenario.sweep.iter().map(axis).collect()
}

fn level(axis: &str, at: usize, value: &toml::Value) -> Level {
    let together = value.as_table().and_then(|table| Some((table.get("name"), table.get("set")?)));
    let Some((name, set)) = together else {
        return Level { name: plain(value), sets: vec![(axis.to_owned(), value.to_string())] };
    };
    let keys = set.as_table().into_iter().flatten();
    Level {
        name: name.map_or_else(|| (at + 1).to_string(), plain),
        sets: keys.map(|(key, value)| (key.clone(), value.to_string())).collect(),
    }
}

/// A text without its quotes.
fn plain(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The axis of `--set key=a,b,c`; nothing when the value is one, such as a list in brackets.
pub fn listed(key: &str, value: &str) -> Option<Axis> {
    let whole = format!("x = {value}").parse::<toml::Table>().is_ok();
    let parts = parts(value);
    let level = |part: &str| Level {
        name: part.trim_matches('"').to_owned(),
        sets: vec![(key.to_owned(), part.to_owned())],
    };
    (!whole && parts.len() > 1)
        .then(|| Axis { name: key.to_owned(), levels: parts.into_iter().map(level).collect() })
}

/// Cut at commas outside quotes and brackets.
fn parts(value: &str) -> Vec<&str> {
    let (mut depth, mut quote, mut from) = (0_i32, None, 0);
    let mut parts = Vec::new();
    for (at, letter) in value.char_indices() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(value[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(value[from..].trim());
    parts
}

/// All points of the grid, the last axis running fastest: for each axis a level.
pub fn grid(axes: &[Axis]) -> Vec<Vec<usize>> {
    let mut points = vec![Vec::new()];
    for axis in axes {
        let longer = |point: &Vec<usize>| {
            let point = point.clone();
            (0..axis.levels.len()).map(move |level| [&point[..], &[level]].concat())
        };
        points = points.iter().flat_map(longer).collect();
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_with_commas_of_their_own_are_one() {
        let levels = |value: &str| {
            listed("k", value).map(|axis| {
                axis.levels.into_iter().map(|level| level.name).collect::<Vec<String>>()
            })
        };
        assert_eq!(levels("1,2, 30"), Some(vec!["1".into(), "2".into(), "30".into()]));
        assert_eq!(levels("20 MB,1 GB"), Some(vec!["20 MB".into(), "1 GB".into()]));
        let two = levels("{ hybrid = { a = 1, b = 2 } },\"oracle\"");
        assert_eq!(two, Some(vec!["{ hybrid = { a = 1, b = 2 } }".into(), "oracle".into()]));
        for one in ["5", "[1, 2]", "\"a, b\"", "{ a = 1, b = 2 }", ""] {
            assert_eq!(levels(one), None, "{one}");
        }
    }

    #[test]
    fn levels_may_set_keys_together() {
        let value: toml::Value = toml::from_str::<toml::Table>(
            "x = { name = \"none\", set = { \"a.b\" = 0.5, c = \"d\" } }",
        )
        .expect("TOML")["x"]
            .clone();
        let level = level("boxes", 0, &value);
        assert_eq!(level.name, "none");
        let sets = [("a.b", "0.5"), ("c", "\"d\"")];
        assert_eq!(level.sets, sets.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }

    proptest! {
        /// A grid has every combination once.
        #[test]
        fn a_grid_has_every_combination_once(sizes in proptest::collection::vec(1..4_usize, 0..4)) {
            let level = |name: usize| Level { name: name.to_string(), sets: Vec::new() };
            let axes: Vec<Axis> = sizes
                .iter()
                .map(|size| Axis { name: "k".into(), levels: (0..*size).map(level).collect() })
                .collect();
            let points = grid(&axes);
            prop_assert_eq!(points.len(), sizes.iter().product::<usize>());
            let mut sorted = points.clone();
            sorted.sort();
            sorted.dedup();
            prop_assert_eq!(&sorted, &points);
        }
    }
}
