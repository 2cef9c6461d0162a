//! How often something is sent: turns, so many a second, handed out in the order in which they are asked for.
//!
//! It must not know what a turn is taken for. Whoever waits for one and goes away leaves it to the next, so that at the end
//! of a run the clean-up does not stand behind all that was never sent.

use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// What wakes up so late is made up for, since timers are coarser than high rates. More would be a burst.
const LATE: Duration = Duration::from_millis(10);

/// So many cases at once are always worth while.
const FEW: usize = 8;

/// So many a second; above zero and finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate(f64);

impl Rate {
    /// What the text says, as a number a second: `20`, or `0.5` for one every two seconds.
    ///
    /// # Errors
    /// What is wrong with it, as a fragment for people.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lowest = Duration::from_secs(3600);
        match text.parse::<f64>() {
            Ok(rate) if rate.is_finite() && rate * lowest.as_secs_f64() >= 1.0 => Ok(Self(rate)),
            Ok(_) => Err("it must be finite, and one an hour at the least: leave --rate out for no limit".to_owned()),
            Err(_) => Err("write a number of requests a second, for example `20` or `0.5`".to_owned()),
        }
    }

    /// How many cases use it up that wait so long for what happens between their requests.
    ///
    /// A case sends a request or two in the time that a preparation takes. A few more do no harm; many would wait for
    /// their turns with none of them coming to its end.
    fn used_up_by(self, typical: Duration) -> usize {
        let cases = (2.0 * self.0 * typical.as_secs_f64()).ceil();
        // A float becomes the nearest integer that there is.
        (cases as usize).max(FEW)
    }

    fn interval(self) -> Duration {
        Duration::from_secs_f64(self.0.recip())
    }
}

/// Leave to send the requests that it was asked for.
#[derive(Debug)]
#[must_use = "a turn that is not used was waited for in vain"]
pub struct Turn(());

/// Hands out turns.
#[derive(Debug)]
pub struct Turns(Option<Queue>);

#[derive(Debug)]
struct Queue {
    /// When the next turn is. Whoever holds it is the first of those that wait, who get it in the order of asking.
    next: Mutex<Instant>,
    rate: Rate,
}

impl Turns {
    /// Turns at this rate, at even distances; at once if there is no rate.
    #[must_use]
    pub fn at(rate: Option<Rate>) -> Self {
        Self(rate.map(|rate| Queue { next: Mutex::new(Instant::now()), rate }))
    }

    /// How many cases at once use the turns up that wait so long for what happens between their requests.
    #[must_use]
    pub fn used_up_by(&self, typical: Duration) -> usize {
        self.0.as_ref().map_or(usize::MAX, |queue| queue.rate.used_up_by(typical))
    }

    /// Waits for the turn of so many requests that are to be sent together; whoever comes next waits the longer for it.
    pub async fn next(&self, requests: u32) -> Turn {
        if let (Some(queue), 1..) = (&self.0, requests) {
            let mut next = queue.next.lock().await;
            sleep_until(*next).await;
            let now = Instant::now();
            *next = (*next).max(now.checked_sub(LATE).unwrap_or(now)) + queue.rate.interval() * requests;
        }
        Turn(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use std::sync::Arc;

    #[test]
    fn rates_are_numbers_with_fractions() {
        for (text, interval) in [("20", 50), ("0.5", 2_000), ("1e3", 1), ("0.001", 1_000_000)] {
            assert_eq!(Rate::parse(text).unwrap().interval(), Duration::from_millis(interval), "{text}");
        }
        for text in ["0", "-1", "inf", "NaN", "1e-9", "", "5/s"] {
            assert!(Rate::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_slow_rate_is_used_up_by_few_cases_unless_they_wait_for_long() {
        let cases =
            |rate, milliseconds| Turns::at(Rate::parse(rate).ok()).used_up_by(Duration::from_millis(milliseconds));
        assert_eq!([cases("3", 30), cases("100", 30), cases("20", 5_000), cases("0.5", 60_000)], [8, 8, 200, 60]);
        assert_eq!(Turns::at(None).used_up_by(Duration::ZERO), usize::MAX);
    }

    #[tokio::test(start_paused = true)]
    async fn turns_are_even_and_in_the_order_of_asking() {
        let turns = Arc::new(Turns::at(Rate::parse("10").ok()));
        let began = Instant::now();
        let taken = (0..5).map(|number| {
            let turns = Arc::clone(&turns);
            async move {
                let _ = turns.next(1).await;
                (number, began.elapsed().as_millis())
            }
        });
        let mut taken = join_all(taken).await;
        taken.sort_by_key(|(_, at)| *at);
        assert_eq!(taken, [(0, 0), (1, 100), (2, 200), (3, 300), (4, 400)]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_sent_together_is_paid_for_afterwards() {
        let turns = Turns::at(Rate::parse("10").ok());
        let began = Instant::now();
        for (requests, at) in [(3, 0), (0, 0), (1, 300), (0, 300), (1, 400)] {
            let _ = turns.next(requests).await;
            assert_eq!(began.elapsed().as_millis(), at);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn time_in_which_nobody_asks_is_not_saved_up() {
        let turns = Turns::at(Rate::parse("10").ok());
        tokio::time::sleep(Duration::from_secs(60)).await;
        let began = Instant::now();
        for _ in 0..3 {
            let _ = turns.next(1).await;
        }
        assert!((180..=200).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_goes_away_leaves_the_turn_to_the_next() {
        let turns = Turns::at(Rate::parse("1").ok());
        let _ = turns.next(1).await;
        let began = Instant::now();
        for _ in 0..20 {
            let gone = tokio::time::timeout(Duration::from_millis(10), turns.next(1)).await;
            assert!(gone.is_err());
        }
        let _ = turns.next(1).await;
        assert_eq!(began.elapsed(), Duration::from_secs(1));
    }
}
