//! The file itself: a tar archive that begins with its list of contents.

use std::collections::BTreeMap;
use std::io::{Read as _, Write};
use std::path::{Component, Path, PathBuf};

use codepiper_model::Timestamp;
use fs_err::os::unix::fs::OpenOptionsExt as _;
use sha2::{Digest as _, Sha256};

use super::{DATABASE, KEY, Listed, Manifest};
use crate::EngineError;
use crate::canonical::hex;
use crate::config::make_private;

const MANIFEST: &str = "manifest.json";
const FORMAT: u32 = 1;

/// More than a list of contents can have; bytes.
const MANIFEST_MAX: u64 = 64 * 1024 * 1024;

/// Writes what is in a directory. `to` is there as a whole or not at all.
pub(super) fn pack(dir: &Path, to: &Path, at: Timestamp) -> Result<(), EngineError> {
    let mut files = Vec::new();
    list(dir, Path::new(""), &mut files)?;
    files.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    let manifest = Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        created_at: at,
        files,
    };
    let part = part_of(to);
    let written = write(dir, &part, &manifest).and_then(|()| Ok(fs_err::rename(&part, to)?));
    if written.is_err() {
        drop(fs_err::remove_file(&part));
    }
    written
}

fn part_of(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    name.into()
}

fn write(dir: &Path, part: &Path, manifest: &Manifest) -> Result<(), EngineError> {
    let mut options = fs_err::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(part);
    let file = file.map_err(|error| {
        let message = format!("cannot write `{}`: {error}", part.display());
        EngineError::conflict("not_written", message)
    })?;
    let mut tar = tar::Builder::new(std::io::BufWriter::new(file));
    let text = serde_json::to_vec_pretty(manifest).map_err(EngineError::internal)?;
    let mut head = tar::Header::new_gnu();
    head.set_mode(0o600);
    head.set_size(text.len() as u64);
    tar.append_data(&mut head, MANIFEST, text.as_slice())?;
    for file in &manifest.files {
        let mut head = tar::Header::new_gnu();
        head.set_mode(0o600);
        head.set_size(file.size);
        let content = fs_err::File::open(dir.join(&file.name))?;
        tar.append_data(&mut head, &file.name, content)?;
    }
    let file = tar.into_inner()?.into_inner();
    let file = file.map_err(|error| EngineError::from(error.into_error()))?;
    Ok(file.sync_all()?)
}

fn list(dir: &Path, below: &Path, files: &mut Vec<Listed>) -> Result<(), EngineError> {
    for entry in fs_err::read_dir(dir.join(below))? {
        let entry = entry?;
        let name = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            list(dir, &name, files)?;
            continue;
        }
        // Ours all have names of letters and digits.
        let Some(text) = name.to_str() else { continue };
        let mut sink = Hashed::new(std::io::sink());
        std::io::copy(&mut fs_err::File::open(entry.path())?, &mut sink)?;
        files.push(Listed {
            name: text.to_owned(),
            size: sink.size,
            sha256: sink.hash(),
        });
    }
    Ok(())
}

/// Unpacks a backup into an empty directory. Nothing is written but what its list of contents names,
/// and all of that is there, byte by byte.
pub(super) fn unpack(from: &Path, dir: &Path) -> Result<(), EngineError> {
    let file = fs_err::File::open(from).map_err(|error| EngineError::NotFound {
        code: "no_backup",
        message: error.to_string(),
    })?;
    let damaged = |what: String| damaged(from, &what);
    let mut tar = tar::Archive::new(std::io::BufReader::new(file));
    let mut entries = tar.entries()?;
    let first = entries.next().and_then(Result::ok);
    let is_manifest =
        |entry: &tar::Entry<'_, _>| entry.path().is_ok_and(|path| path == Path::new(MANIFEST));
    let Some(first) = first.filter(is_manifest) else {
        let message = format!("`{}` is no backup of codepiper", from.display());
        return Err(EngineError::conflict("no_backup", message));
    };
    let mut text = Vec::new();
    let read = first.take(MANIFEST_MAX).read_to_end(&mut text);
    read.map_err(|error| damaged(error.to_string()))?;
    let manifest: Manifest =
        serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
    if manifest.format != FORMAT {
        let message = format!(
            "`{}` was written by version {} in a form that this one does not know",
            from.display(),
            manifest.version
        );
        return Err(EngineError::conflict("newer_backup", message));
    }
    let mut missing: BTreeMap<String, Listed> = manifest
        .files
        .into_iter()
        .map(|file| (file.name.clone(), file))
        .collect();
    for entry in entries {
        let mut entry = entry.map_err(|error| damaged(error.to_string()))?;
        let name = entry.path().ok().and_then(|p| Some(p.to_str()?.to_owned()));
        let listed = name.and_then(|name| missing.remove(&name));
        let listed = listed.ok_or_else(|| damaged("a file in it is not in its list".to_owned()))?;
        let path = inside(dir, &listed.name)
            .ok_or_else(|| damaged("the name of a file in it leads out of it".to_owned()))?;
        make_private(path.parent().unwrap_or(dir))?;
        let mut options = fs_err::OpenOptions::new();
        let file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        let mut sink = Hashed::new(file);
        let copied = std::io::copy(&mut (&mut entry).take(listed.size), &mut sink);
        copied.map_err(|error| damaged(error.to_string()))?;
        if sink.size != listed.size || sink.hash() != listed.sha256 {
            return Err(damaged(format!("`{}` was changed", listed.name)));
        }
    }
    for name in [DATABASE, KEY] {
        if !dir.join(name).is_file() {
            return Err(damaged(format!("`{name}` is missing")));
        }
    }
    match missing.into_keys().next() {
        Some(name) => Err(damaged(format!("`{name}` is missing"))),
        None => Ok(()),
    }
}

fn inside(dir: &Path, name: &str) -> Option<PathBuf> {
    let is_plain = |part| matches!(part, Component::Normal(_));
    Path::new(name)
        .components()
        .all(is_plain)
        .then(|| dir.join(name))
}

fn damaged(from: &Path, what: &str) -> EngineError {
    let message = format!("`{}` is damaged: {what}", from.display());
    EngineError::conflict("damaged_backup", message)
}

/// Passes bytes on, and knows their hash.
struct Hashed<W> {
    to: W,
    size: u64,
    hash: Sha256,
}

impl<W> Hashed<W> {
    fn new(to: W) -> Self {
        let (size, hash) = (0, Sha256::new());
        Self { to, size, hash }
    }

    fn hash(self) -> String {
        hex(&self.hash.finalize())
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.to.write(bytes)?;
        self.hash.update(&bytes[..count]);
        self.size += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}
