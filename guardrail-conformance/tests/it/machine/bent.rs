//! The model can fail a log: doubles that break one rule each are found, by seeds that never change.

use std::io;
use std::sync::Arc;

use guardrail_conformance::ManualClock;
use guardrail_conformance::machine::{Runs, Site, run};
use guardrail_core::audit::Error;
use guardrail_core::audit::file::storage::{Folder, Storage};

use super::files::Files;
use crate::bent::{Bend, Bent};

struct Bends(Bend, u64);

#[async_trait::async_trait]
impl Site for Bends {
    type Log = Bent;

    async fn open(&mut self, clock: Arc<ManualClock>) -> Result<Bent, Error> {
        Ok(Bent::new(self.0, clock, self.1))
    }
}

#[test]
fn every_broken_rule_is_found() {
    let runs = Runs::from_seed(1, 400, 40);
    run("a log that keeps every rule", runs, |seed| Bends(Bend::Nothing, seed)).unwrap();
    for bend in Bend::ALL {
        let found = run("a bent log", runs, |seed| Bends(bend, seed));
        assert!(found.is_err(), "{bend:?} does what the model says");
    }
}

/// What fails is told with its seed and the operations that are left of it.
#[test]
fn what_is_found_can_be_done_again() {
    // One at a time: of several the first to fail is told, which is not the same every time.
    let broken = |seed| {
        let runs = Runs::from_seed(seed, 1, 40);
        run("a bent log", runs, |seed| Bends(Bend::Whole, seed)).map_err(|found| found.to_string())
    };
    let mut shortest = usize::MAX;
    for seed in 1..=12 {
        let Err(found) = broken(seed) else { continue };
        assert!(found.contains(&format!("GUARDRAIL_SEED={seed} GUARDRAIL_SEQUENCES=1")), "{found}");
        assert_eq!(broken(seed).unwrap_err(), found);
        let left = found.matches("AtOnce").count() + found.matches("Append").count();
        shortest = shortest.min(left);
    }
    assert!(shortest <= 3, "{shortest} appends are left of 40 operations");
}

/// A disk that says it has synced, and has not.
#[derive(Debug)]
struct Lying(Arc<dyn Folder>);

#[derive(Debug)]
struct LyingFile(Box<dyn Storage>);

impl Folder for Lying {
    fn place(&self) -> &str {
        self.0.place()
    }

    fn names(&self) -> io::Result<Vec<String>> {
        self.0.names()
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Storage>> {
        Ok(Box::new(LyingFile(self.0.open(name)?)))
    }

    fn open_read(&self, name: &str) -> io::Result<Box<dyn Storage>> {
        self.0.open_read(name)
    }

    fn protect(&self, name: &str) -> io::Result<()> {
        self.0.protect(name)
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn Storage>> {
        Ok(Box::new(LyingFile(self.0.create(name)?)))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.0.remove(name)
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync()
    }

    fn release(&self) -> io::Result<()> {
        self.0.release()
    }
}

impl Storage for LyingFile {
    fn size(&self) -> io::Result<u64> {
        self.0.size()
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        self.0.write_at(bytes, offset)
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(buffer, offset)
    }

    fn truncate(&self, size: u64) -> io::Result<()> {
        self.0.truncate(size)
    }
}

/// A log that answers before what it wrote is durable is found by a crash.
#[test]
fn what_is_not_durable_is_found() {
    let lying = |seed| Files::around(seed, |folder| Arc::new(Lying(folder))).plain();
    let found = run("a log on a disk that lies", Runs::from_seed(1, 400, 40), lying);
    let found = found.unwrap_err().to_string();
    assert!(found.contains("Crash"), "{found}");
}
