//! The level of one link.

/// The rate per unit of weight at which flows of (offer, weight) fill `capacity`, rounded down:
/// `Σ min(offer, weight × level) = capacity`. Asked only when the offers exceed the capacity.
pub(super) fn fill(capacity: u64, flows: &(impl Iterator<Item = (u64, u64)> + Clone)) -> u64 {
    let mut level = 0;
    loop {
        let (mut held, mut weights) = (0, 0);
        for (offer, weight) in flows.clone() {
            if offer < weight.saturating_mul(level) {
                held += offer;
            } else {
                weights += weight;
            }
        }
        if weights == 0 {
            return level;
        }
        // Flows held back elsewhere leave more to the rest: the level only rises, and is found when
        // it rises no more.
        let risen = (capacity.saturating_sub(held)) / weights;
        if risen <= level {
            return level;
        }
        level = risen;
    }
}
