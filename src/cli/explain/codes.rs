//! What each code of the checker means, with an example. Examples that change one thing in the reference
//! scenario are rows of the tables of mistakes that tests go through.

use super::Example::{Given, Nothing, Row};
use super::Text;
use super::Text as T;

/// Every code, in the order of `scenario::CODES`.
pub(super) const TEXTS: &[Text] = &[
    T(
        "S0101",
        "The file breaks the grammar of TOML, so that nothing more can be said of it. Mostly a missing quote or bracket, a number with blanks in it, or a key that stands twice in one table.",
        "",
        Row(1),
    ),
    T(
        "S0102",
        "Keys that nothing reads are refused, as a misspelt key would otherwise leave its default in force without a word. The message lists what may stand there.",
        "",
        Row(0),
    ),
    T(
        "S0103",
        "Policies, laws, classes and the like are chosen by name from a fixed list, which the message gives. `offpeak list policies` says what each does.",
        "#peers-and-arms",
        Row(0),
    ),
    T(
        "S0104",
        "The table needs this key, and there is no default that would be right for everybody. In a file that extends another the base may give it.",
        "#the-scenario",
        Row(0),
    ),
    T(
        "S0105",
        "A time, rate, amount or price is a text with its unit, a share a number from 0 to 1 or a text such as \"35 %\", a time of day a text such as \"20:30\". Numbers without a unit are refused, as nobody could tell seconds from minutes.",
        "",
        Row(0),
    ),
    T(
        "S0106",
        "The file is not there, cannot be read, is empty, is longer than any scenario, or is not UTF-8 text.",
        "",
        Nothing,
    ),
    T(
        "S0107",
        "`--set` takes a dotted key and a value. Elements of lists are numbered from 0; `extends` and `without` can be said by files alone.",
        "",
        Given(&[("run..homes", "300")], &[("run.homes", "300")]),
    ),
    T(
        "S0108",
        "What `extends` names is neither a shipped scenario nor a file. What ends in `.toml` is a path, relative to the file that says it; `offpeak list scenarios` has the names.",
        "#bases",
        Row(1),
    ),
    T(
        "S0109",
        "A file comes to extend itself, or the row of bases is longer than eight: there would be no end to laying one over the other.",
        "#bases",
        Row(0),
    ),
    T(
        "S0110",
        "`without` names a key that no base has, so nothing would be taken out: mostly a misspelt key, or a base that has changed.",
        "#bases",
        Row(0),
    ),
    T(
        "S0201",
        "`schema` is the version of the format. The file was written for another version of this program.",
        "#the-scenario",
        Row(0),
    ),
    T(
        "S0202",
        "A count is zero where something is needed, or beyond what the program can hold or anybody would mean. The message gives both ends.",
        "#run",
        Row(0),
    ),
    T(
        "S0203",
        "Start, warm-up, length, peak and bins have to fit: a bin divides warm-up and length, the peak lies within the measured time, and the measured time is at least as long as the warm-up. Events and months need the run to be under way.",
        "#run",
        Row(0),
    ),
    T(
        "S0204",
        "Shares that make up a whole must add up to 1 within 0.001; otherwise some homes would be nowhere.",
        "#networks",
        Row(1),
    ),
    T(
        "S0205",
        "A name refers to something that the scenario does not have: a provider, place, line, device, arm or metric. The message lists what there is.",
        "",
        Row(0),
    ),
    T(
        "S0206",
        "Two things have one name, so that neither could be told from the other.",
        "#networks",
        Row(0),
    ),
    T(
        "S0207",
        "Quantiles stand at equal steps from 0 to 100 %: at least two of them, and none below the one before.",
        "#networks",
        Row(1),
    ),
    T(
        "S0208",
        "The rungs of the ladder rise, from the first, which is above zero.",
        "#demand-and-content",
        Row(0),
    ),
    T(
        "S0209",
        "Every two places must be connected by rows of `[[link]]`, directly or through others; without a way there is no delay between them.",
        "#networks",
        Row(0),
    ),
    T(
        "S0210",
        "A law or curve that no chance can follow: a mean that is not above the median, a curve that is zero all day, points that do not rise.",
        "#devices-and-presence",
        Row(0),
    ),
    T(
        "S0211",
        "The quantity is far from anything that occurs, so that its unit is probably wrong: ms for s, kB for GB, bit for byte.",
        "",
        Row(3),
    ),
    T(
        "S0212",
        "The number is outside what its formula allows, or is not a number at all.",
        "",
        Row(1),
    ),
    T(
        "S0213",
        "All arms are compared with one of them, the baseline: `baseline = true` stands in exactly one.",
        "#peers-and-arms",
        Row(1),
    ),
    T(
        "S0214",
        "Arms are compared viewer by viewer, so viewers, homes and networks are the same in all. An arm may set keys of `device`, `directory`, `mesh`, `player` and `prices`, but for what is drawn with the viewers.",
        "#peers-and-arms",
        Row(0),
    ),
    T(
        "S0215",
        "A parameter of a policy contradicts another one, or leaves the policy without any sense. The message names the default.",
        "#peers-and-arms",
        Row(0),
    ),
    T(
        "S0216",
        "A CSV table replaces keys. A figure given by both, or by neither, has no one value.",
        "#tables",
        Row(0),
    ),
    T(
        "S0217",
        "A title has at least one segment and at most 65,535; what play-out waits for must be less than what is ever there, as at the edge of a live channel.",
        "#demand-and-content",
        Row(0),
    ),
    T(
        "S0218",
        "Play-out waits for so much media that memory and cache of the device can never hold it: it would wait for ever.",
        "#devices-and-presence",
        Row(0),
    ),
    T(
        "S0219",
        "Two policies cannot go together in one arm: fetching what comes next knows one rung only, so that nobody may adapt.",
        "#peers-and-arms",
        Row(0),
    ),
    T("S0220", "A provider exchanges traffic with others, not with itself.", "#networks", Row(0)),
    T(
        "S0221",
        "Interconnects are paid by the Mbit/s, bytes by the GB, electricity by the kWh; all prices are in one currency; a way on which nobody pays has no price.",
        "#prices-and-energy",
        Row(0),
    ),
    T(
        "S0222",
        "An axis of `[sweep]` needs values, each of which sets something that a scenario has, and the grid must not have too many points.",
        "#sweeps",
        Row(0),
    ),
    T("S0223", "An expectation has exactly one bound: `at_most` or `at_least`.", "#run", Row(0)),
    T(
        "S0301",
        "The table that a key of `[csv]` names cannot be read. Paths start at `csv.folder`, and that at the file that says it.",
        "#tables",
        Row(0),
    ),
    T(
        "S0302",
        "The first line names the columns: all that are needed, each once, in any order, none that is unknown.",
        "#tables",
        Row(0),
    ),
    T(
        "S0303",
        "A field does not hold what its column holds. The message has the line, and the column in characters.",
        "#tables",
        Row(0),
    ),
    T(
        "S0304",
        "Each row can be read, but together they cannot be true: numbers that skip, times that overlap, names that the scenario does not have.",
        "#tables",
        Row(0),
    ),
    T(
        "S0401",
        "A warning: an interval comes from the spread between replications, and with fewer than 5 it says next to nothing.",
        "#run",
        Given(&[("run.replications", "1")], &[("run.replications", "5")]),
    ),
    T(
        "S0402",
        "A warning: the run begins with nobody watching and no connections, and needs some time to look like any other evening before it is measured.",
        "#run",
        Given(
            &[("run.length", "1 h"), ("run.warm_up", "5 min")],
            &[("run.length", "1 h"), ("run.warm_up", "10 min")],
        ),
    ),
    T(
        "S0403",
        "A warning: what is smaller than a segment keeps nothing at all.",
        "#devices-and-presence",
        Given(&[("device.stick.cache.size", "100 kB")], &[("device.stick.cache.size", "4 GB")]),
    ),
    T(
        "S0404",
        "A warning: no home gives, so that peers cannot take anything off the upstream.",
        "#devices-and-presence",
        Given(
            &[("device.box.upload.permitted", "0"), ("device.stick.upload.permitted", "0")],
            &[("device.box.upload.permitted", "0.8")],
        ),
    ),
    T(
        "S0405",
        "A warning: all uplinks together could send less than a hundredth of what is watched. Is a unit wrong?",
        "#devices-and-presence",
        Given(
            &[
                ("device.box.upload.permitted", "0.0001"),
                ("device.stick.upload.permitted", "0.0001"),
            ],
            &[("device.box.upload.permitted", "0.8")],
        ),
    ),
    T(
        "S0406",
        "A warning: a row of `csv.titles` is a season; longer than a day it is cut, as no viewing lasts longer.",
        "#tables",
        Nothing,
    ),
    T(
        "S0407",
        "A warning: no rule of `custom.server` lets the CDN bring what peers lack by the time it is needed, so pictures stop there.",
        "#peers-and-arms",
        Given(
            &[("arm.rules-e.scheduler", "{ custom = { server = [\"random-http\"] } }")],
            &[("arm.rules-e.scheduler", "{ custom = { server = [\"window\"] } }")],
        ),
    ),
    T(
        "S0408",
        "A warning: something is set that can change nothing, as what it needs is missing. `offpeak check FILE --dead-knobs` tries all keys.",
        "",
        Given(
            &[("player.buffer", "75 s"), ("player.abr", "fixed")],
            &[("player.buffer", "75 s"), ("player.abr", "bola")],
        ),
    ),
    T(
        "S0409",
        "A warning: verifying a segment takes the device longer than playing it, so that peers can never keep up.",
        "#devices-and-presence",
        Given(
            &[("device.stick.hash_rate", "100 kbit/s")],
            &[("device.stick.hash_rate", "400 Mbit/s")],
        ),
    ),
];
