//! How often a failure comes back, and how often a simpler plan is to be tried before it counts as one that does not fail.

/// A plan that fails is taken for one that does not in so many of a hundred cases.
const MISSED: f64 = 0.02;
/// A plan is tried this often at the most.
const TRIES: usize = 12;

/// How often a failure comes back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Odds(f64);

impl Odds {
    /// It came back so often out of so many times.
    pub(super) fn seen(failed: usize, runs: usize) -> Self {
        let number = |count: usize| u32::try_from(count).map_or(f64::MAX, f64::from);
        // That it came back every time does not prove that it always will.
        Self(number(failed) / (number(runs) + 0.5))
    }

    /// How often a plan is to be tried.
    pub(super) fn tries(self) -> usize {
        (1..TRIES)
            .find(|tries| (1.0 - self.0).powi(i32::try_from(*tries).unwrap_or(i32::MAX)) <= MISSED)
            .unwrap_or(TRIES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_seldom_is_tried_often() {
        assert_eq!(Odds::seen(4, 4).tries(), 2);
        assert_eq!(Odds::seen(2, 4).tries(), 7);
        assert_eq!(Odds::seen(1, 4).tries(), TRIES);
        assert_eq!(Odds::seen(0, 4).tries(), TRIES);
    }
}
