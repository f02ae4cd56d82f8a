//! Parts: stable, of the shares asked for, without leaks.

use super::*;

fn split(by: SplitBy) -> Split {
    Split { by, validation: 0.1, test: 0.2, seed: 3 }
}

fn of_problem(name: &str) -> RepairSample {
    RepairSample { problem: Some(name.into()), ..RepairSample::default() }
}

#[test]
fn groups_have_the_shares_and_keep_their_part() {
    let split = split(SplitBy::Problem);
    let keys: Vec<_> =
        (0..5000).map(|number| split.key(&of_problem(&format!("p{number}"))).unwrap()).collect();
    let part = split.parts(&keys);
    let count = |wanted| keys.iter().filter(|key| part(**key) == wanted).count();
    assert!((900..1100).contains(&count(Part::Test)), "{}", count(Part::Test));
    assert!((420..580).contains(&count(Part::Validation)), "{}", count(Part::Validation));
    let alone = split.parts(&keys[7..8]);
    assert_eq!(alone(keys[7]), part(keys[7]));
    let other = Split { seed: 4, ..split };
    assert_ne!(other.key(&of_problem("p1")), split.key(&of_problem("p1")));
}

#[test]
fn what_is_missing_is_replaced() {
    let mut sample = of_problem("p");
    let by_repository = split(SplitBy::Repository);
    assert_eq!(by_repository.key(&sample), split(SplitBy::Problem).key(&sample));
    sample.extra.insert("repo", "a/b").unwrap();
    assert_ne!(by_repository.key(&sample), split(SplitBy::Problem).key(&sample));
    assert_eq!(split(SplitBy::Date).key(&sample), None);
}

#[test]
fn later_dates_are_tested_and_equal_ones_stay_together() {
    let split = split(SplitBy::Date);
    let keys: Vec<_> = [1, 2, 3, 4, 5, 6, 7, 8, 8, 8].map(Key::Date).into();
    let part = split.parts(&keys);
    let parts: Vec<_> = keys.iter().map(|key| part(*key)).collect();
    assert!(parts[..7].iter().all(|part| *part == Part::Train));
    assert!(parts[7..].iter().all(|part| *part == Part::Test));
}

#[test]
fn dates_are_numbers_or_texts() {
    for (text, seconds) in [
        ("1970-01-01", 0),
        ("2000-03-01T12:00:00Z", 951_868_800),
        ("2026-11-22", 1_795_305_600),
        ("1969-12-31", -86_400),
    ] {
        let mut extra = Extra::default();
        extra.insert("date", text).unwrap();
        assert_eq!(date(&extra), Some(seconds), "{text}");
    }
    for text in ["", "yesterday!", "2000-13-01", "10.10.2000", "2000-1é-01"] {
        let mut extra = Extra::default();
        extra.insert("date", text).unwrap();
        assert_eq!(date(&extra), None, "{text}");
    }
}
