//! The files of a `FileLog`, one after the other. Only read: no lock is taken, an agent may go on.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::source::Source;
use crate::source::lines::Lines;

/// The file with the heads that were signed.
const CHECKPOINTS: &str = "checkpoints";

/// A folder of files named after their first record, so that names sort as records do.
pub(crate) struct Files {
    folder: PathBuf,
    place: String,
    size: u64,
    /// The file that is read, and its name.
    current: (String, Lines),
}

impl Files {
    pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
        let place = folder.display().to_string();
        let first = next_name(folder, "")?.ok_or_else(|| Error::Empty(place.clone()))?;
        let mut size = 0_u64;
        let mut name = Some(first.clone());
        while let Some(this) = name {
            let path = folder.join(&this);
            let length = path.metadata().map_err(|why| read(&path, why))?.len();
            size = size.saturating_add(length);
            name = next_name(folder, &this)?;
        }
        let current = (first.clone(), lines(&folder.join(&first))?);
        Ok(Self { folder: folder.to_owned(), place, size, current })
    }
}

impl Source for Files {
    fn next(&mut self) -> Result<Option<String>, Error> {
        loop {
            if let Some(line) = self.current.1.next()? {
                return Ok(Some(line));
            }
            // A file is done only once there is another: till then its writer may add to it.
            let Some(name) = next_name(&self.folder, &self.current.0)? else { return Ok(None) };
            // What was written between the look at this file and the look for the next one.
            if let Some(line) = self.current.1.next()? {
                return Ok(Some(line));
            }
            // No writer goes on in another file before a line is whole: this is damage, and is read as
            // the line it is not.
            if let Some(rest) = self.current.1.rest() {
                return Ok(Some(rest));
            }
            self.current = (name.clone(), lines(&self.folder.join(name))?);
        }
    }

    fn is_torn(&self) -> bool {
        self.current.1.is_torn()
    }

    fn size(&self) -> Option<u64> {
        Some(self.size)
    }

    fn checkpoints(&mut self) -> Result<Option<String>, Error> {
        let path = self.folder.join(CHECKPOINTS);
        match fs::read_to_string(&path) {
            Ok(notes) => Ok(Some(notes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(why) => Err(read(&path, why)),
        }
    }

    fn place(&self) -> &str {
        &self.place
    }
}

/// The name of the file behind `after`.
fn next_name(folder: &Path, after: &str) -> Result<Option<String>, Error> {
    let mut least: Option<String> = None;
    for entry in fs::read_dir(folder).map_err(|why| read(folder, why))? {
        let name = entry.map_err(|why| read(folder, why))?.file_name();
        let Some(name) = name.to_str() else { continue };
        let is_ours = name.starts_with("log-") && name.ends_with(".jsonl");
        if is_ours && name > after && least.as_deref().is_none_or(|least| name < least) {
            least = Some(name.to_owned());
        }
    }
    Ok(least)
}

fn lines(path: &Path) -> Result<Lines, Error> {
    let file = File::open(path).map_err(|why| read(path, why))?;
    Ok(Lines::new(&path.display().to_string(), None, Box::new(file)))
}

fn read(path: &Path, why: std::io::Error) -> Error {
    Error::Read { place: path.display().to_string(), why }
}
