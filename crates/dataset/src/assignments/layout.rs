//! What the path of a file says in the layouts that are known.

use std::path::Path;

/// What a file is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A program, by a student; right or wrong as far as the path says it.
    Program { problem: String, student: String, right: Option<bool> },
    /// One side of a test: its name without the part that says which side.
    Test { problem: String, name: String, side: Side },
    /// The program of the problem's author, with a description in its first comment.
    Author { problem: String },
}

/// A side of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// What the program reads.
    Input,
    /// What it has to print.
    Output,
    /// Something else that it needs.
    Extra,
}

/// The role of the file at `path`, relative to the root; `None` if it has none that is known.
pub(super) fn role(path: &Path) -> Option<Role> {
    let parts: Vec<&str> = path.iter().map(|part| part.to_str()).collect::<Option<_>>()?;
    let (file, folders) = parts.split_last()?;
    let (stem, suffix) = file.rsplit_once('.')?;
    match suffix {
        "c" => program(stem, folders),
        "in" => test(stem, folders, Side::Input),
        "out" => test(stem, folders, Side::Output),
        "extra" => test(stem, folders, Side::Extra),
        "txt" => itsp_test(stem),
        _ => None,
    }
}

fn program(stem: &str, folders: &[&str]) -> Option<Role> {
    let program = |problem: &[&str], student: &str, right| {
        let student = student.to_owned();
        (!problem.is_empty()).then(|| Role::Program { problem: problem.join("/"), student, right })
    };
    if let [problem @ .., student, folder] = folders
        && let Some(right) = label(folder)
    {
        return program(problem, student, Some(right));
    }
    if let Some((student, word)) = stem.rsplit_once('_')
        && let Some(right) = label(word)
    {
        return program(folders, student, Some(right));
    }
    if let Some(right) = label(stem)
        && let [problem @ .., student] = folders
    {
        return program(problem, student, Some(right));
    }
    match folders {
        [problem @ .., student, _] if problem.last() == Some(&stem) => {
            program(problem, student, None)
        }
        problem if stem == "Main" => Some(Role::Author { problem: problem.join("/") }),
        _ => None,
    }
}

/// What a word says of a program.
fn label(word: &str) -> Option<bool> {
    match word {
        "right" | "correct" | "fixed" => Some(true),
        "wrong" | "incorrect" | "buggy" => Some(false),
        _ => None,
    }
}

/// A test in a folder of the problem: `testcase`, or one in `tests`.
fn test(stem: &str, folders: &[&str], side: Side) -> Option<Role> {
    let (problem, kind) = match folders {
        [problem @ .., "testcase" | "testcases" | "tests"] => (problem, ""),
        [problem @ .., "tests", kind] => (problem, *kind),
        _ => return None,
    };
    Some(Role::Test { problem: problem.join("/"), name: format!("{kind}/{stem}"), side })
}

/// A test of ITSP, `in.PROBLEM.N` or `out.PROBLEM.N`, for the problem whose path ends so.
fn itsp_test(stem: &str) -> Option<Role> {
    let (side, rest) = stem.split_once('.')?;
    let (problem, number) = rest.rsplit_once('.')?;
    let side = match side {
        "in" => Side::Input,
        "out" => Side::Output,
        _ => return None,
    };
    Some(Role::Test { problem: problem.into(), name: number.into(), side })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_known_layouts() {
        let program = |problem: &str, student: &str, right| {
            let (problem, student) = (problem.into(), student.into());
            Some(Role::Program { problem, student, right })
        };
        let test = |problem: &str, name: &str, side| {
            Some(Role::Test { problem: problem.into(), name: name.into(), side })
        };
        for (path, expected) in [
            (
                "problemID_1/studentID_2/wrong/x_0_pass_0.5.c",
                program("problemID_1", "studentID_2", Some(false)),
            ),
            (
                "problemID_1/studentID_2/correct/x_0.c",
                program("problemID_1", "studentID_2", Some(true)),
            ),
            ("problemID_1/testcase/3.in", test("problemID_1", "/3", Side::Input)),
            ("problemID_1/testcase/3.extra", test("problemID_1", "/3", Side::Extra)),
            (
                "subs/problemID_1/userID_7/buggy.c",
                program("subs/problemID_1", "userID_7", Some(false)),
            ),
            ("Lab-3/2810/270010_buggy.c", program("Lab-3/2810", "270010", Some(false))),
            ("Lab-3/2810/270010_correct.c", program("Lab-3/2810", "270010", Some(true))),
            ("Lab-3/2810/Main.c", Some(Role::Author { problem: "Lab-3/2810".into() })),
            ("test/in.2810.1.txt", test("2810", "1", Side::Input)),
            ("test/out.2810.10.txt", test("2810", "10", Side::Output)),
            ("median/07f5/003/median.c", program("median", "07f5", None)),
            ("median/tests/blackbox/1.out", test("median", "blackbox/1", Side::Output)),
            ("buggy.c", None),
            ("median/07f5/003/ae-bb-01.log", None),
            ("README.md", None),
            ("in.txt", None),
        ] {
            assert_eq!(role(Path::new(path)), expected, "{path}");
        }
    }
}
