//! Arbitrary texts and edits of them.

use proptest::collection::vec;
use proptest::prelude::*;

/// Texts of few different lines, so that lines repeat, with every kind of line end.
pub(crate) fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => vec(line(), 0..24).prop_map(|lines| lines.concat()),
        1 => vec(any::<u8>(), 0..64),
    ]
}

/// A text and an edited copy of it.
pub(crate) fn pair() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    let edited = (
        vec(line(), 0..40),
        vec((any::<prop::sample::Index>(), change()), 0..8),
        any::<[bool; 2]>(),
    )
        .prop_map(|(lines, changes, open)| {
            let mut new = lines.clone();
            for (at, change) in changes {
                apply(&mut new, at.index(lines.len() + 1), change);
            }
            (finish(&lines, open[0]), finish(&new, open[1]))
        });
    prop_oneof![4 => edited, 1 => (text(), text())]
}

/// A text and two edited copies of it.
pub(crate) fn triple() -> impl Strategy<Value = (Vec<u8>, Vec<u8>, Vec<u8>)> {
    let changes = || vec((any::<prop::sample::Index>(), change()), 0..6);
    (vec(line(), 0..40), changes(), changes(), any::<[bool; 3]>()).prop_map(
        |(lines, ours, theirs, open)| {
            let edited = |changes: Vec<(prop::sample::Index, Change)>, open| {
                let mut copy = lines.clone();
                for (at, change) in changes {
                    apply(&mut copy, at.index(lines.len() + 1), change);
                }
                finish(&copy, open)
            };
            (finish(&lines, open[0]), edited(ours, open[1]), edited(theirs, open[2]))
        },
    )
}

#[derive(Clone, Debug)]
enum Change {
    Insert(Vec<u8>),
    Delete,
    Replace(Vec<u8>),
}

fn apply(lines: &mut Vec<Vec<u8>>, at: usize, change: Change) {
    let at = at.min(lines.len());
    match change {
        Change::Insert(line) => lines.insert(at, line),
        Change::Delete if at < lines.len() => drop(lines.remove(at)),
        Change::Replace(line) if at < lines.len() => lines[at] = line,
        _ => {}
    }
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        line().prop_map(Change::Insert),
        Just(Change::Delete),
        line().prop_map(Change::Replace),
    ]
}

fn finish(lines: &[Vec<u8>], open: bool) -> Vec<u8> {
    let mut text = lines.concat();
    if open && text.ends_with(b"\n") {
        text.pop();
    }
    text
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => prop::sample::select(vec![&b"{\n"[..], b"}\n", b"\n", b"\treturn 0;\n", b"int f(void)\n"]),
        1 => prop::sample::select(vec![&b"x\r\n"[..], b"\r\n", b"-- a\n", b"++ b\n", b"@@ -1 +1 @@\n", b"caf\xe9\n", b"\\ No newline\n", b"\xc3\xa9\n", b"a\rb\n", b"\0\n", b" \n", b"--- a/x\n", b"+++ b/x\n", b"diff --git a/x b/x\n"]),
    ]
    .prop_map(<[u8]>::to_vec)
}
