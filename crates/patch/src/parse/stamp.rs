//! Time stamps after the names in a file header.

/// Whether the text after `---` or `+++` has a time stamp that is the beginning of the epoch in its
/// time zone: so `diff -N` dates a file that does not exist.
///
/// The stamp reads `1970-01-01 01:00:00.000000000 +0100`, after a tab.
pub(crate) fn is_epoch(text: &[u8]) -> bool {
    let stamp = text.iter().position(|byte| *byte == b'\t').map(|tab| &text[tab..]);
    stamp.and_then(|stamp| std::str::from_utf8(stamp).ok()).and_then(minutes) == Some(0)
}

/// The minutes between the epoch and a time of the day around it; `None` for any other time.
fn minutes(stamp: &str) -> Option<i32> {
    let mut words = stamp.split_ascii_whitespace();
    let (date, time, zone) = (words.next()?, words.next()?, words.next()?);
    let day = match date {
        "1969-12-31" => -24 * 60,
        "1970-01-01" => 0,
        _ => return None,
    };
    let (hours_minutes, seconds) = (time.get(..5)?, time.get(5..)?);
    if !seconds.starts_with(":00") || !seconds.trim_matches([':', '.', '0']).is_empty() {
        return None;
    }
    let (sign, zone) = match zone.split_at_checked(1)? {
        ("+", zone) => (1, zone),
        ("-", zone) => (-1, zone),
        _ => return None,
    };
    Some(day + of_clock(hours_minutes)? - sign * of_clock(zone)?)
}

/// `HH:MM` or `HHMM` in minutes.
fn of_clock(clock: &str) -> Option<i32> {
    let digits = clock.replace(':', "");
    let number = digits.parse::<u16>().ok().filter(|_| digits.len() == 4)?;
    Some(i32::from(number / 100) * 60 + i32::from(number % 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_epoch_is_known_in_every_zone() {
        for stamp in [
            "x\t1970-01-01 00:00:00 +0000",
            "x\t1970-01-01 00:00:00.000000000 +0000",
            "x\t1970-01-01 05:45:00.000000000 +0545",
            "x\t1969-12-31 18:00:00.000000000 -0600",
            "x\t1969-12-31 16:00:00 -08:00",
        ] {
            assert!(is_epoch(stamp.as_bytes()), "{stamp}");
        }
        for stamp in [
            "x",
            "x\t",
            "x\t1970-01-01 00:00:00",
            "x\t1970-01-01 00:00:01 +0000",
            "x\t1970-01-01 00:00:00.000000001 +0000",
            "x\t1970-01-01 00:00:00 +0100",
            "x\t1970-01-02 00:00:00 +0000",
            "x\t1969-12-31 00:00:00 +0000",
            "x\t1970-01-01 +0:00:00 +00+0",
            "x 1970-01-01 00:00:00 +0000",
            "x\t\u{fc}",
        ] {
            assert!(!is_epoch(stamp.as_bytes()), "{stamp}");
        }
    }
}
