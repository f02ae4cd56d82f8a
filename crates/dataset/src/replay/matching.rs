//! Which findings before a change are still there after it.

use fixwright_patch::{Edit, edits};
use fixwright_report::BugReport;

use crate::history::Pair;

/// The findings in the old file of `pair` that have none like them in the new one.
pub(super) fn vanished<'a>(
    pair: &Pair,
    before: &'a [BugReport],
    after: &[BugReport],
) -> Vec<&'a BugReport> {
    let edits = edits(pair.old.as_bytes(), pair.new.as_bytes());
    let in_file = |finding: &&BugReport| {
        let path = finding.location.path.as_deref().unwrap_or_default();
        path.trim_start_matches("./") == pair.path
    };
    let lines = pair.lines();
    let in_text = |finding: &&BugReport| {
        finding.location.line.is_some_and(|line| (1..=lines).contains(&(line as usize)))
    };
    let mut left: Vec<_> = before.iter().filter(in_file).filter(in_text).collect();
    let mut there: Vec<_> = after.iter().filter(in_file).collect();
    // First those that only moved, then whatever is alike wherever it stands.
    let moved = |old: &BugReport, new: &BugReport| {
        old.location.line.and_then(|line| moved(&edits, line)) == new.location.line
    };
    remove_pairs(&mut left, &mut there, |old, new| is_alike(old, new) && moved(old, new));
    remove_pairs(&mut left, &mut there, is_alike);
    left
}

/// Removes each of `left` that has one of `there` to match, and that one too.
fn remove_pairs(
    left: &mut Vec<&BugReport>,
    there: &mut Vec<&BugReport>,
    matches: impl Fn(&BugReport, &BugReport) -> bool,
) {
    left.retain(|old| match there.iter().position(|new| matches(old, new)) {
        Some(index) => {
            there.remove(index);
            false
        }
        None => true,
    });
}

/// Whether two findings say the same about the same function. Numbers do not count: they are often lines or sizes.
fn is_alike(old: &BugReport, new: &BugReport) -> bool {
    let words = |report: &BugReport| -> String {
        let said = report.title.as_ref().or(report.description.as_ref());
        said.into_iter().flat_map(|text| text.chars()).filter(|c| !c.is_ascii_digit()).collect()
    };
    old.rule.id == new.rule.id
        && old.location.function == new.location.function
        && words(old) == words(new)
}

/// Where a line of the old text, counted from 1, stands in the new one; none if it was changed.
fn moved(edits: &[Edit], line: u32) -> Option<u32> {
    let index = line as usize - 1;
    let before = edits.iter().take_while(|edit| edit.old.start <= index).last();
    let new = match before {
        Some(edit) if edit.old.contains(&index) => return None,
        Some(edit) => edit.new.end + (index - edit.old.end),
        None => index,
    };
    u32::try_from(new + 1).ok()
}

#[cfg(test)]
mod tests {
    use fixwright_report::{BugReport, parse};

    use super::vanished;
    use crate::history::Pair;

    fn findings(text: &str) -> Vec<BugReport> {
        parse(text).unwrap().reports
    }

    fn pair(old: &str, new: &str) -> Pair {
        Pair { path: "a.c".into(), old: old.into(), new: new.into() }
    }

    #[test]
    fn of_findings_that_are_alike_the_one_whose_line_is_gone_has_vanished() {
        let pair = pair("a\nbad\nb\nc\nbad2\nd\n", "new\na\nb\nc\nbad2\nd\n");
        let before =
            findings("a.c:2:1: warning: leak of 'p' [-Wx]\na.c:5:1: warning: leak of 'p' [-Wx]\n");
        let after = findings("./a.c:5:1: warning: leak of 'p' [-Wx]\n");
        let lines: Vec<_> =
            vanished(&pair, &before, &after).iter().map(|found| found.location.line).collect();
        assert_eq!(lines, [Some(2)]);
    }

    #[test]
    fn a_finding_on_a_changed_line_that_is_still_made_has_not_vanished() {
        let pair = pair("a\nbad\n", "a\nstill bad\nb\n");
        let before = findings("a.c:2:1: warning: size 12 [-Wx]\n");
        let after = findings("a.c:2:7: warning: size 13 [-Wx]\n");
        assert!(vanished(&pair, &before, &after).is_empty());
    }

    #[test]
    fn another_file_or_rule_is_another_finding() {
        let pair = pair("a\nbad\n", "a\ngood\n");
        let before = findings(
            "a.c:2:1: warning: m [-Wx]\nb.c:2:1: warning: m [-Wx]\na.c:9:1: warning: n [-Wx]\n",
        );
        let after = findings("a.c:2:1: warning: m [-Wy]\n");
        assert_eq!(vanished(&pair, &before, &after), [&before[0]]);
    }
}
