//! What words in tables of results mean: causes, verdicts; and exit codes.

/// Why pictures stand still.
pub(super) const STALLS: [(&str, &str); 8] = [
    (
        "not requested",
        "the segment was not asked for in time: the scheduler waited, or had no free transfer",
    ),
    ("round trip", "it was asked for, and no byte has come yet"),
    ("own line full", "the home's own line could not bring it faster"),
    ("peer uplink full", "the sending home's uplink was full, or its cap was reached"),
    ("aggregation full", "the provider's aggregation was full"),
    ("interconnect full", "a way into another network was full"),
    ("CDN egress full", "the server's egress was full"),
    ("path rate", "slow start, or the rate that window, loss and round trip allow"),
];

/// Why bytes of the CDN came from the tier from which they came.
pub(super) const TIERS: [(&str, &str); 3] = [
    ("nearest that holds it", "no nearer tier holds the title"),
    ("appliance full", "an appliance holds it, and its egress was full"),
    (
        "exchange full",
        "the exchange holds it, and its egress was full; so was the appliance's, if one holds it",
    ),
];

/// What a comparison says.
pub(super) const VERDICTS: [(&str, &str); 8] = [
    ("better", "the difference from the baseline is beyond chance, on the good side of the metric"),
    ("worse", "the difference is beyond chance, on the bad side"),
    ("higher", "the difference is beyond chance and above 0; the metric has no good side"),
    ("lower", "the difference is beyond chance and below 0; the metric has no good side"),
    ("no difference", "the interval lies within what nobody would act on (`report.negligible`)"),
    (
        "undecided",
        "neither a difference nor its absence can be told; `more_needed` says how many more replications would",
    ),
    ("undecided (n = 1)", "one replication says nothing about others"),
    ("same", "no replication differs at all"),
];

/// How the program ends.
pub(super) const EXITS: [(&str, &str); 8] = [
    ("0", "done"),
    (
        "1",
        "internal or input/output error: a file that cannot be written, a run that failed its audit",
    ),
    ("2", "wrong usage: an option or name that does not exist"),
    ("3", "the scenario is invalid; codes that begin with S say why"),
    ("4", "an expectation (`report.expect`) is not met, or cannot be told to be"),
    ("5", "incomplete: parts of a sweep are missing"),
    ("6", "something else comes out than a result folder has (`offpeak verify`)"),
    ("130", "interrupted; the same command goes on where it stopped"),
];
