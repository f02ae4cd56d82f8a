//! Writing samples, one a line.

use std::borrow::Borrow;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use jsonl::WriteError;
use tempfile::NamedTempFile;

use crate::{Error, RepairSample};

/// Writes a sample as one line; the output should be buffered.
///
/// # Errors
///
/// [`Error::Write`] if the output fails; a part of the line may have been written.
pub fn write<W: Write>(output: &mut W, sample: &RepairSample) -> Result<(), Error> {
    write_line(output, sample).map_err(Error::Write)
}

/// Makes the file at `path`, or replaces it, with these samples.
///
/// They go to a temporary file in the same folder, which is flushed to the disk and then renamed to
/// `path`: whatever happens on the way, `path` is either as before or complete. Only
/// a process that is killed leaves the temporary file, named `.fixwright-*`. A file that is replaced
/// keeps its permissions; a symbolic link is replaced itself, not the file that it leads to.
///
/// # Errors
///
/// [`Error::File`] if the file cannot be written; `path` is as before then, and the temporary file
/// gone.
pub fn write_file<S>(path: &Path, samples: S) -> Result<(), Error>
where
    S: IntoIterator<Item: Borrow<RepairSample>>,
{
    let file = |source| Error::File { path: path.to_path_buf(), source };
    let mut output = BufWriter::new(temporary(path).map_err(file)?);
    for sample in samples {
        write_line(&mut output, sample.borrow()).map_err(file)?;
    }
    finish(output, path).map_err(file)
}

fn write_line<W: Write>(output: &mut W, sample: &RepairSample) -> io::Result<()> {
    jsonl::write(output, sample).map_err(|error| match error {
        WriteError::Io(error) => error,
        WriteError::Serialize(error) => error.into(),
    })
}

/// An empty file beside `path`, with the permissions that a file there is to have.
pub(crate) fn temporary(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".fixwright-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    if let Ok(replaced) = fs::symlink_metadata(path)
        && replaced.is_file()
    {
        file.as_file().set_permissions(replaced.permissions())?;
    }
    Ok(file)
}

/// Puts a temporary file in its place, flushed to the disk.
pub(crate) fn finish(output: BufWriter<NamedTempFile>, path: &Path) -> io::Result<()> {
    let file = output.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
