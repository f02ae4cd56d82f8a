//! What the index finds, against comparing everything with everything.

use proptest::prelude::*;

use super::*;

fn program(words: &[u16]) -> RepairSample {
    let code = words.iter().map(|word| format!("w{word}\n")).collect();
    RepairSample { code: Some(code), ..RepairSample::default() }
}

/// The Jaccard similarity by its definition.
fn similarity(left: &[u64], right: &[u64]) -> f64 {
    let [left, right] =
        [left, right].map(|set| set.iter().collect::<std::collections::BTreeSet<_>>());
    left.intersection(&right).count() as f64 / left.union(&right).count().max(1) as f64
}

#[test]
fn near_duplicates_are_found_as_often_as_promised() {
    // 600 pairs of random texts, of which the second one has some words replaced.
    let mut state = 7;
    let mut random = |below: u64| {
        state += 1;
        scramble(state) % below
    };
    let (mut near, mut found) = (0, 0);
    for _ in 0..600 {
        let words: Vec<u16> = (0..120).map(|_| random(9000) as u16).collect();
        let mut other = words.clone();
        (0..random(8)).for_each(|_| other[random(120) as usize] = random(9000) as u16);
        let [one, two] = [words, other].map(|words| Fingerprint::of(&program(&words), None));
        let similar = similarity(&one.around, &two.around) >= 0.8;
        assert!(
            (jaccard(&one.around, &two.around) - similarity(&one.around, &two.around)).abs()
                < 1e-12
        );
        let mut index = Index::new(0.8).unwrap();
        assert_eq!(index.find_or_add(&one).unwrap(), None);
        let hit = index.find_or_add(&two).unwrap().is_some();
        assert!(!hit || similar, "the exact check has the last word");
        near += usize::from(similar);
        found += usize::from(hit);
    }
    assert!(near > 200, "{near}");
    assert!(found as f64 >= 0.999 * near as f64, "{found} of {near}");
}

#[test]
fn another_change_in_the_same_place_is_another_sample() {
    let code = "int f(int n) {\n  int s = 0;\n  for (int i = 0; i <= n; i++)\n    s += a[i];\n  return s;\n}\n";
    let sample = |from: &str, to: &str| {
        let (code, fixed) = (Some(code.to_owned()), Some(code.replace(from, to)));
        let sample = RepairSample { code, fixed, ..RepairSample::default() };
        Fingerprint::of(&sample, Change::of(&sample).as_ref())
    };
    let mut index = Index::new(0.8).unwrap();
    assert_eq!(index.find_or_add(&sample("<=", "<")).unwrap(), None);
    assert_eq!(index.find_or_add(&sample("s = 0", "s = 1")).unwrap(), None);
    assert_eq!(index.find_or_add(&sample("<=", "<")).unwrap(), Some(0));
    assert_eq!(index.find_or_add(&sample("s = 0", "s = 1")).unwrap(), Some(1));
}

#[test]
fn the_first_of_several_is_named_whatever_the_order_of_the_buckets() {
    let mut index = Index::new(0.5).unwrap();
    let words: Vec<u16> = (0..200).collect();
    let sample = |skip: usize| Fingerprint::of(&program(&words[skip..]), None);
    assert_eq!(index.find_or_add(&sample(0)).unwrap(), None);
    assert_eq!(index.find_or_add(&sample(120)).unwrap(), None);
    assert_eq!(index.find_or_add(&sample(10)).unwrap(), Some(0));
    assert_eq!(index.find_or_add(&sample(121)).unwrap(), Some(1));
}

proptest! {
    #[test]
    fn any_text_has_a_fingerprint(code in ".{0,200}", fixed in ".{0,200}") {
        let mut sample = RepairSample::default();
        (sample.code, sample.fixed) = (Some(code), Some(fixed));
        let fingerprint = Fingerprint::of(&sample, Change::of(&sample).as_ref());
        let mut index = Index::new(1.0).unwrap();
        prop_assert_eq!(index.find_or_add(&fingerprint).unwrap(), None);
        prop_assert_eq!(index.find_or_add(&fingerprint).unwrap(), Some(0));
    }
}
