//! A folder on a real disk where the process may end between any two operations, or in a write.

use std::io;

use guardrail::audit::file::Disk;
use guardrail::audit::file::storage::{Folder, Storage};

use crate::child::doom::Path;

#[derive(Debug)]
pub(crate) struct MortalFolder {
    disk: Disk,
    path: Path,
}

impl MortalFolder {
    pub(crate) const fn new(disk: Disk, path: Path) -> Self {
        Self { disk, path }
    }

    fn file(&self, file: Box<dyn Storage>) -> Box<dyn Storage> {
        Box::new(MortalFile { file, path: self.path.clone() })
    }
}

impl Folder for MortalFolder {
    fn place(&self) -> &str {
        self.disk.place()
    }

    fn names(&self) -> io::Result<Vec<String>> {
        self.disk.names()
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Storage>> {
        Ok(self.file(self.disk.open(name)?))
    }

    fn open_read(&self, name: &str) -> io::Result<Box<dyn Storage>> {
        Ok(self.file(self.disk.open_read(name)?))
    }

    fn protect(&self, name: &str) -> io::Result<()> {
        self.path.pass("before protect");
        self.disk.protect(name)?;
        self.path.pass("protected");
        Ok(())
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn Storage>> {
        let file = self.disk.create(name)?;
        self.path.pass("created");
        Ok(self.file(file))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }

    fn sync(&self) -> io::Result<()> {
        self.disk.sync()
    }

    fn release(&self) -> io::Result<()> {
        self.disk.release()
    }
}

#[derive(Debug)]
struct MortalFile {
    file: Box<dyn Storage>,
    path: Path,
}

impl Storage for MortalFile {
    fn size(&self) -> io::Result<u64> {
        self.file.size()
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        self.path.pass_or("half written", |number| {
            // Behind the first line, so that an append of several is cut between them, or anywhere.
            let line = bytes.iter().position(|byte| *byte == b'\n').unwrap_or_default() + 1;
            let anywhere = usize::try_from(number).unwrap() * 97 % bytes.len();
            let cut = if number % 2 == 0 && line < bytes.len() { line } else { anywhere };
            let mut done = 0;
            while done < cut {
                done += self.file.write_at(&bytes[done..cut], offset + done as u64).unwrap();
            }
        });
        let written = self.file.write_at(bytes, offset)?;
        self.path.pass("written");
        Ok(written)
    }

    fn sync(&self) -> io::Result<()> {
        self.file.sync()?;
        self.path.pass("synced");
        Ok(())
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(buffer, offset)
    }

    fn truncate(&self, size: u64) -> io::Result<()> {
        self.path.pass("before truncate");
        self.file.truncate(size)?;
        self.path.pass("truncated");
        Ok(())
    }
}
