//! Durations as people write them: `500ms`, `30s`, `2m`, `1h`, with a fraction if need be.

use std::time::Duration;

/// The units, with how many nanoseconds each has.
const UNITS: [(&str, u64); 5] =
    [("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000)];

/// The duration that the text says.
///
/// # Errors
/// What is wrong with it, as a fragment for people.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let Some((_, nanoseconds)) = UNITS.into_iter().find(|(name, _)| *name == unit) else {
        return Err(match unit {
            "" if !number.is_empty() => format!("it has no unit; write for example `{number}s` or `{number}ms`"),
            _ => "write a number and a unit, for example `500ms`, `30s` or `2m`".to_owned(),
        });
    };
    let seconds = number.parse::<f64>().map_err(|_| "write a number before the unit, for example `1.5s`".to_owned())?;
    let seconds = seconds * Duration::from_nanos(nanoseconds).as_secs_f64();
    Duration::try_from_secs_f64(seconds).map_err(|_| "it is too long".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, milliseconds) in [
            ("500ms", 500),
            ("30s", 30_000),
            ("2m", 120_000),
            ("1h", 3_600_000),
            ("1.5s", 1_500),
            ("0s", 0),
            ("250us", 0),
        ] {
            assert_eq!(parse(text).unwrap().as_millis(), milliseconds, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        insta::assert_snapshot!(parse("30").unwrap_err(), @"it has no unit; write for example `30s` or `30ms`");
        insta::assert_snapshot!(parse("").unwrap_err(), @"write a number and a unit, for example `500ms`, `30s` or `2m`");
        insta::assert_snapshot!(parse("3 s").unwrap_err(), @"write a number and a unit, for example `500ms`, `30s` or `2m`");
        insta::assert_snapshot!(parse("-3s").unwrap_err(), @"write a number and a unit, for example `500ms`, `30s` or `2m`");
        insta::assert_snapshot!(parse("s").unwrap_err(), @"write a number before the unit, for example `1.5s`");
        insta::assert_snapshot!(parse("1.2.3s").unwrap_err(), @"write a number before the unit, for example `1.5s`");
        insta::assert_snapshot!(parse("99999999999999999999h").unwrap_err(), @"it is too long");
    }
}
