//! A chain of lives in one nest: each recovers from the kill before, and is killed itself.

use std::fs::OpenOptions;
use std::io::Write as _;

use guardrail::Digest;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::child::{Doom, Orders};
use crate::nest::Nest;
use crate::parent::after::examine;
use crate::parent::finish::finish;
use crate::parent::kill::{End, When, live};
use crate::parent::tally::Tally;
use crate::script::Kind;

/// One nest and what is known of it.
#[derive(Debug)]
pub(crate) struct Chain {
    folder: TempDir,
    runtime: Runtime,
    seed: u64,
    life: u64,
    seen: Vec<Digest>,
}

impl Chain {
    pub(crate) fn new(seed: u64) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { folder: TempDir::new().unwrap(), runtime, seed, life: 0, seen: Vec::new() }
    }

    /// One more life, its end, and the look at what it left.
    pub(crate) fn live(&mut self, doom: Doom, when: When, tally: &mut Tally) -> End {
        let nest = Nest::at(self.folder.path());
        let (life, seed, kinds) = (self.life, self.seed, Kind::ALL.to_vec());
        let end = live(&Orders { nest: nest.clone(), life, seed, doom, kinds }, when);
        let copy = TempDir::new().unwrap();
        self.runtime.block_on(async {
            let remains = examine(&nest, copy.path(), &mut self.seen).await;
            tally.count(&end, life, &remains);
            let keys = |life| Kind::ALL.into_iter().map(move |kind| kind.key(life));
            finish(remains, (0..=life).flat_map(keys)).await;
        });
        self.life += 1;
        end
    }

    /// Leaves half a line at the end of the log, as a kill in a write does.
    pub(crate) fn tear(&self) {
        let names = std::fs::read_dir(Nest::at(self.folder.path()).log()).into_iter().flatten();
        for path in names.map(|entry| entry.unwrap().path()) {
            if path.extension().is_some_and(|end| end == "jsonl") {
                let mut file = OpenOptions::new().append(true).open(path).unwrap();
                file.write_all(br#"{"v":1,"log":"half a li"#).unwrap();
            }
        }
    }
}
