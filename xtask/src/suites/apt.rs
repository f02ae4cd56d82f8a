//! Debian's source packages, fetched by Debian's ordinary client.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail, ensure};

use crate::exit::note;

/// An apt of our own: it knows where this machine gets its packages, and asks for their sources.
pub(super) struct Apt {
    folder: PathBuf,
}

/// A source package on this machine.
pub(super) struct Source {
    pub(super) version: String,
    /// The files that the package consists of.
    pub(super) files: Vec<PathBuf>,
}

impl Apt {
    /// Makes the configuration out of the machine's own, and fetches the lists.
    pub(super) fn open(folder: &Path) -> anyhow::Result<Self> {
        let apt = Self { folder: folder.to_path_buf() };
        for part in ["lists/partial", "cache/archives/partial", "sources", "packages"] {
            fs::create_dir_all(folder.join(part)).with_context(|| folder.display().to_string())?;
        }
        apt.derive_sources(Path::new("/etc/apt"))?;
        ensure!(apt.get().arg("update").status()?.success(), "apt-get update failed");
        Ok(apt)
    }

    /// Copies the machine's entries, each asking for sources.
    fn derive_sources(&self, machine: &Path) -> anyhow::Result<()> {
        let parts = fs::read_dir(machine.join("sources.list.d")).into_iter().flatten().flatten();
        let files = parts.map(|entry| entry.path()).chain([machine.join("sources.list")]);
        let mut count = 0;
        for file in files {
            let Some(derive) = derivation(&file) else { continue };
            let Ok(text) = fs::read_to_string(&file) else { continue };
            let name = file.file_name().unwrap_or_default();
            let derived: String = text.lines().map(|line| derive(line) + "\n").collect();
            fs::write(self.folder.join("sources").join(name), derived)?;
            count += 1;
        }
        ensure!(count > 0, "no list of package sources in {}: is this Debian?", machine.display());
        Ok(())
    }

    fn get(&self) -> Command {
        let mut command = Command::new("apt-get");
        let folder = self.folder.display();
        command.args([
            "-q",
            "-o",
            "Dir::Etc::sourcelist=/dev/null",
            "-o",
            "APT::Sandbox::User=root",
        ]);
        for (key, part) in
            [("Etc::sourceparts", "sources"), ("State::lists", "lists"), ("Cache", "cache")]
        {
            command.arg("-o").arg(format!("Dir::{key}={folder}/{part}"));
        }
        // Standard output is for the results.
        command.stdout(std::io::stderr());
        command
    }

    /// The newest version of a source package that can be had.
    pub(super) fn source(&self, package: &str) -> anyhow::Result<Source> {
        let folder = self.folder.join("packages").join(package);
        if let Some(source) = Source::read(&folder)? {
            return Ok(source);
        }
        // Not every mirror keeps the sources of security updates; the release has another version.
        let release = format!("{package}/{}", codename()?);
        for wanted in [package, &release] {
            note(format_args!("fetching the source of {wanted}"));
            let partial = folder.with_extension("partial");
            if partial.exists() {
                fs::remove_dir_all(&partial)?;
            }
            fs::create_dir_all(&partial)?;
            let mut fetch = self.get();
            fetch.args(["--download-only", "source", wanted]).current_dir(&partial);
            if fetch.status()?.success() {
                fs::rename(&partial, &folder)?;
                break;
            }
        }
        Source::read(&folder)?.with_context(|| format!("cannot fetch the source of {package}"))
    }
}

/// How a line of a list of package sources becomes one that asks for sources.
fn derivation(file: &Path) -> Option<fn(&str) -> String> {
    match file.extension()?.to_str()? {
        "sources" => Some(|line| match line.strip_prefix("Types:") {
            Some(_) => "Types: deb-src".to_owned(),
            None => line.to_owned(),
        }),
        "list" => Some(|line| match line.strip_prefix("deb ") {
            Some(rest) => format!("deb-src {rest}"),
            None => line.to_owned(),
        }),
        _ => None,
    }
}

/// The name of this machine's release.
fn codename() -> anyhow::Result<String> {
    let text = fs::read_to_string("/etc/os-release").context("/etc/os-release")?;
    let name = text.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    Ok(name.context("/etc/os-release does not name the release")?.trim_matches('"').to_owned())
}

impl Source {
    /// The package that was fetched to `folder`, if one was.
    fn read(folder: &Path) -> anyhow::Result<Option<Self>> {
        if !folder.exists() {
            return Ok(None);
        }
        let mut files: Vec<_> =
            fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
        files.sort();
        let is_control = |file: &&PathBuf| file.extension().is_some_and(|end| end == "dsc");
        let Some(control) = files.iter().find(is_control) else {
            bail!("{}: no .dsc file", folder.display())
        };
        let text = fs::read_to_string(control)?;
        let version = text.lines().find_map(|line| line.strip_prefix("Version: "));
        let version = version.with_context(|| control.display().to_string())?.to_owned();
        Ok(Some(Self { version, files }))
    }

    /// The archives whose names have `part` in them, such as `.orig` or `.debian.`.
    pub(super) fn archives(&self, part: &str) -> impl Iterator<Item = &Path> {
        let is_wanted = move |file: &&Path| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            name.contains(part) && name.contains(".tar.") && !name.ends_with(".asc")
        };
        self.files.iter().map(PathBuf::as_path).filter(is_wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_ask_for_sources() {
        let derived = |file: &str, line: &str| derivation(Path::new(file)).unwrap()(line);
        assert_eq!(derived("x.sources", "Types: deb"), "Types: deb-src");
        assert_eq!(derived("x.sources", "Suites: a b"), "Suites: a b");
        assert_eq!(
            derived("x.list", "deb [arch=amd64] there a b"),
            "deb-src [arch=amd64] there a b"
        );
        assert_eq!(derived("x.list", "# deb there a b"), "# deb there a b");
        assert!(derivation(Path::new("x.sources.disabled")).is_none());
    }
}
