//! Points in time as RFC 3339 writes them, and durations in milliseconds, with how finely they were written.

/// A point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Start {
    /// Microseconds since 1970, at UTC or, without an offset, wherever it was written.
    pub(super) microseconds: i64,
    /// How many digits there are behind the second.
    pub(super) written: u32,
    /// How many of them come before nothing but zeros.
    pub(super) used: u32,
    /// Whether it says how far it is from UTC.
    pub(super) offset: Offset,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offset {
    Said,
    Unsaid,
}

/// The microseconds of the last of so many digits behind the second; one at the least.
pub(super) const fn unit(digits: u32) -> i64 {
    if digits >= 6 { 1 } else { 10_i64.pow(6 - digits) }
}

/// The longest duration that is one, in milliseconds: a hundred years.
const LONGEST: f64 = 3.2e12;

/// How many phases a duration may be the sum of.
const PHASES: f64 = 7.0;

/// The microseconds that this many milliseconds can mean at the most; `None` if they are out of all bounds.
pub(super) fn at_most(milliseconds: f64) -> Option<i64> {
    if !(0.0..=LONGEST).contains(&milliseconds) {
        return None;
    }
    let written = milliseconds.to_string();
    let digits = written.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let unit = 10_f64.powi(-i32::try_from(digits).unwrap_or(i32::MAX));
    // Within the bounds above no digit of this is lost.
    #[allow(clippy::cast_possible_truncation)]
    Some(((milliseconds + PHASES * unit) * 1000.0).ceil() as i64)
}

/// Reads a date and a time with or without an offset.
pub(super) fn parse(text: &str) -> Option<Start> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let mut date = date.splitn(3, '-');
    let (year, month, day) = (number(date.next()?, 4)?, number(date.next()?, 2)?, number(date.next()?, 2)?);
    if !(1..=12).contains(&month) || !(1..=days_of(year, month)).contains(&day) {
        return None;
    }
    let (time, offset, said) = match rest.find(['Z', 'z', '+', '-']) {
        None => (rest, 0, Offset::Unsaid),
        Some(place) => (&rest[..place], offset(&rest[place..])?, Offset::Said),
    };
    let (time, fraction) = time.split_once(['.', ',']).unwrap_or((time, ""));
    let mut clock = time.splitn(3, ':');
    let (hour, minute, second) = (number(clock.next()?, 2)?, number(clock.next()?, 2)?, number(clock.next()?, 2)?);
    // A leap second is the one after the sixtieth of its minute.
    if hour > 23 || minute > 59 || second > 60 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let of_second = |fraction: &str| format!("{:0<6.6}", fraction).parse::<i64>().ok();
    let seconds = days_before(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset;
    let digits = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX);
    Some(Start {
        microseconds: seconds * 1_000_000 + of_second(fraction)?,
        written: digits(fraction),
        used: digits(fraction.trim_end_matches('0')),
        offset: said,
    })
}

fn number(text: &str, digits: usize) -> Option<i64> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// The seconds of an offset: `Z`, `+02:00`, `-0330`, `+02`.
fn offset(text: &str) -> Option<i64> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("Z" | "z", "") => return Some(0),
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits = rest.replacen(':', "", 1);
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes = if minutes.is_empty() { 0 } else { number(minutes, 2)? };
    let hours = number(hours, 2)?;
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days from 1970 to this one.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let leaps = |year: i64| year / 4 - year / 100 + year / 400;
    let years = (year - 1970) * 365 + leaps(year - 1) - leaps(1969);
    years + (1..month).map(|month| days_of(year, month)).sum::<i64>() + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_in_time_are_read_however_they_are_written() {
        for (text, microseconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59.5Z", -500_000),
            ("2024-02-29T12:00:00.123Z", 1_709_208_000_123_000),
            ("2024-02-29T14:00:00.123456789+02:00", 1_709_208_000_123_456),
            ("2024-02-29 08:30:00,1-0330", 1_709_208_000_100_000),
            ("2024-02-29T12:00:00", 1_709_208_000_000_000),
            ("2000-03-01t00:00:00z", 951_868_800_000_000),
        ] {
            assert_eq!(parse(text).map(|start| start.microseconds), Some(microseconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_point_in_time_is_none() {
        for text in [
            "",
            "now",
            "2024-02-30T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:00Z",
            "2024-01-01T00:00:00+25:00",
            "2024-01-01T00:00:00+",
            "2024-01-01T00:00:00.1.2Z",
            "2024-1-1T00:00:00Z",
            "2024-01-01",
            "20240101T000000Z",
            "+024-01-01T00:00:00Z",
            "2024-01-01T00:00:00é",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn how_finely_it_was_written_is_known() {
        let digits = |text: &str| parse(text).map(|start| (start.written, start.used));
        assert_eq!(digits("2024-02-29T12:00:00Z"), Some((0, 0)));
        assert_eq!(digits("2024-02-29T12:00:00.120Z"), Some((3, 2)));
        assert_eq!(digits("2024-02-29T12:00:00.000Z"), Some((3, 0)));
        assert_eq!([0, 1, 3, 6, 9].map(unit), [1_000_000, 100_000, 1_000, 1, 1]);
    }

    #[test]
    fn a_duration_means_at_the_most_seven_units_more() {
        assert_eq!(at_most(12.0), Some(19_000));
        assert_eq!(at_most(12.5), Some(13_200));
        assert_eq!(at_most(12.345), Some(12_352));
        assert_eq!(at_most(0.0), Some(7_000));
        for milliseconds in [-1.0, 1e300, f64::NAN, f64::INFINITY] {
            assert_eq!(at_most(milliseconds), None);
        }
    }
}
