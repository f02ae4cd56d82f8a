//! What became of the samples, as tables.

use std::io::{self, Write};

use fixwright_dataset::{Manifest, Skipped};

pub(super) fn write(manifest: &Manifest, out: &mut dyn Write) -> io::Result<()> {
    let Manifest { sources, dropped, parts, .. } = manifest;
    writeln!(out, "{:>9} {:>9} {:>9} {:>10}  source", "read", "kept", "skipped", "unreadable")?;
    for source in sources {
        let (read, kept, unreadable) = (source.read, source.kept, source.unreadable);
        let skipped = source.skipped.total();
        writeln!(out, "{read:>9} {kept:>9} {skipped:>9} {unreadable:>10}  {}", source.name)?;
    }
    for source in sources {
        reasons(out, &format!("skipped by {}", source.name), &source.skipped)?;
    }
    reasons(out, "dropped", dropped)?;
    writeln!(out, "\n{:>9} {:>13}  file", "rows", "bytes")?;
    parts
        .values()
        .try_for_each(|part| writeln!(out, "{:>9} {:>13}  {}", part.rows, part.bytes, part.file))
}

fn reasons(out: &mut dyn Write, title: &str, skipped: &Skipped) -> io::Result<()> {
    if skipped.total() == 0 {
        return Ok(());
    }
    writeln!(out, "\n{:>9}  {title}", skipped.total())?;
    skipped.iter().try_for_each(|(reason, count)| writeln!(out, "{count:>9}    {reason}"))
}
