//! The tests of one assignment, in a folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::evaluate::MOST_OUTPUT;
use crate::walk::{files, read_limited};
use crate::{Error, TestCase};

/// Reads the tests in a folder: `NAME.in`, what a program reads, beside `NAME.out`, what it has to print. Test 2 comes before test 10. Files whose
/// names begin with a dot are none.
///
/// # Errors
///
/// [`Error::Unreadable`] if a file cannot be read, [`Error::NoTest`] if one has no counterpart, is not UTF-8, or is more than a program
/// [may print](crate::Programs::c), or if there is no test.
pub fn read_tests(folder: &Path) -> Result<Vec<TestCase>, Error> {
    let mut inputs = BTreeMap::new();
    let mut outputs = BTreeMap::new();
    let is_hidden = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
    };
    for path in files(folder)?.into_iter().filter(|path| !is_hidden(path)) {
        let sides = match path.extension().and_then(|extension| extension.to_str()) {
            Some("in") => &mut inputs,
            Some("out") => &mut outputs,
            _ => continue,
        };
        let name = path.with_extension("");
        sides.insert((name.as_os_str().len(), name), path);
    }
    let tests: Vec<_> = inputs
        .into_iter()
        .map(|(name, input)| match outputs.remove(&name) {
            Some(path) => match text(&path)? {
                output if output.len() > MOST_OUTPUT => Err(no_test(
                    &path,
                    &format!("more than {MOST_OUTPUT} bytes, the most that a program may print"),
                )),
                output => Ok(TestCase { input: text(&input)?, output }),
            },
            None => Err(alone(&input, "out")),
        })
        .collect::<Result<_, _>>()?;
    match outputs.into_values().next() {
        Some(output) => Err(alone(&output, "in")),
        None if tests.is_empty() => {
            let reason = "there is no NAME.in with a NAME.out beside it".to_owned();
            Err(no_test(folder, &reason))
        }
        None => Ok(tests),
    }
}

fn alone(path: &Path, other: &str) -> Error {
    let other: PathBuf = path.with_extension(other);
    no_test(path, &format!("there is no {} beside it", other.display()))
}

fn text(path: &Path) -> Result<String, Error> {
    String::from_utf8(read_limited(path)?).map_err(|error| {
        no_test(path, &format!("byte {} is not UTF-8", error.utf8_error().valid_up_to()))
    })
}

fn no_test(path: &Path, reason: &str) -> Error {
    Error::NoTest { path: path.into(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn an_input_and_an_output_are_a_test() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
        let fault = || read_tests(folder.path()).unwrap_err().to_string();
        assert!(fault().contains("there is no NAME.in"));
        for name in ["10", "9"] {
            write(&format!("{name}.in"), name.as_bytes());
            write(&format!("{name}.out"), b"");
        }
        write("readme.txt", b"\xff");
        let tests = read_tests(folder.path()).unwrap();
        assert_eq!(tests.iter().map(|test| &*test.input).collect::<Vec<_>>(), ["9", "10"]);
        write("11.out", b"\xff");
        assert!(fault().contains("11.out: there is no"), "{}", fault());
        write("._9.in", b"\xff");
        write("11.in", b"");
        assert!(fault().contains("11.out: byte 0 is not UTF-8"), "{}", fault());
        write("11.out", &vec![b'a'; MOST_OUTPUT]);
        assert_eq!(read_tests(folder.path()).unwrap().len(), 3);
        write("11.out", &vec![b'a'; MOST_OUTPUT + 1]);
        assert!(fault().contains("11.out: more than 1048576 bytes"), "{}", fault());
    }
}
