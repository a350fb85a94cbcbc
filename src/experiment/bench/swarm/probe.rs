//! What others look at first, many in a row.

use super::SEGMENTS;

/// A viewer as others look at it, in one word: segments held without a gap from the first on, the
/// eight after that, uploads under way, whether it is there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Probe(pub(super) u32);

impl Probe {
    pub(super) const ONLINE: u32 = 1 << 31;
    pub(super) const ONE_UPLOAD: u32 = 1 << 20;

    pub(super) const fn uploads(self) -> u32 {
        self.0 >> 20 & 0xff
    }

    pub(super) const fn online(self) -> bool {
        self.0 & Self::ONLINE != 0
    }

    pub(super) const fn prefix(self) -> u16 {
        (self.0 & 0x1ff) as u16
    }

    /// Whether it holds `segment`; `None` when that lies too far ahead to say.
    pub(super) const fn holds(self, segment: u16) -> Option<bool> {
        let prefix = self.prefix();
        if segment <= prefix {
            return Some(segment < prefix);
        }
        let beyond = segment - prefix - 1;
        if beyond < 8 { Some(self.0 >> (9 + beyond) & 1 != 0) } else { None }
    }

    pub(super) fn set_held(&mut self, held: &[u64; 4]) {
        let mut prefix = 0;
        for word in held {
            let run = word.trailing_ones();
            prefix += run;
            if run < 64 {
                break;
            }
        }
        let mut beyond = 0;
        for bit in 0..8 {
            let at = prefix + 1 + bit;
            if at < u32::from(SEGMENTS) {
                beyond |= (held[at as usize / 64] >> (at % 64) & 1) << bit;
            }
        }
        self.0 = self.0 & !0x1_ffff | prefix | (beyond as u32) << 9;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_tells_what_is_held() {
        let mut held = [0u64; 4];
        let mut probe = Probe(Probe::ONLINE);
        for segment in [0u16, 1, 2, 5, 6, 63, 64, 255, 3, 4, 200, 7] {
            held[usize::from(segment / 64)] |= 1 << (segment % 64);
            probe.set_held(&held);
            for other in 0..SEGMENTS {
                let truth = held[usize::from(other / 64)] >> (other % 64) & 1 != 0;
                assert!(probe.holds(other).is_none_or(|said| said == truth), "{other} of {held:?}");
            }
        }
        assert!(probe.online() && probe.prefix() == 8);
    }
}
