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
use crate::parent::kill::{End, When, live_until};
use crate::parent::tally::Tally;
use crate::script::Kind;
use crate::site::Site;

/// One nest and what is known of it.
#[derive(Debug)]
pub(crate) struct Chain {
    site: Site,
    folder: TempDir,
    runtime: Runtime,
    seed: u64,
    life: u64,
    seen: Vec<Digest>,
}

impl Chain {
    pub(crate) fn new(site: Site, seed: u64) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let folder = TempDir::new().unwrap();
        Self { site, folder, runtime, seed, life: 0, seen: Vec::new() }
    }

    /// One more life, its end, and the look at what it left.
    pub(crate) fn live(&mut self, doom: Doom, when: When, tally: &mut Tally) -> End {
        self.live_until(doom, when, tally, || {})
    }

    /// The same; `last` is done just before the end, and may take away what the log stands on.
    pub(crate) fn live_until(
        &mut self,
        doom: Doom,
        when: When,
        tally: &mut Tally,
        last: impl FnOnce(),
    ) -> End {
        let nest = Nest::at(self.folder.path());
        let (life, seed, kinds) = (self.life, self.seed, Kind::ALL.to_vec());
        let site = self.site.text();
        let orders = Orders { nest: nest.clone(), life, seed, doom, site, kinds };
        let end = live_until(&orders, when, last);
        self.site.revive();
        let copy = TempDir::new().unwrap();
        self.runtime.block_on(async {
            let remains = examine(&self.site, &nest, copy.path(), &mut self.seen).await;
            tally.count(&end, life, &remains);
            let keys = |life| Kind::ALL.into_iter().map(move |kind| kind.key(life));
            finish(remains, (0..=life).flat_map(keys)).await;
            self.site.forget_copy().await;
        });
        self.life += 1;
        end
    }

    /// Leaves half a line at the end of the log, as a kill in a write does.
    pub(crate) fn tear(&self) {
        let names = std::fs::read_dir(Nest::at(self.folder.path()).log()).into_iter().flatten();
        let paths = names.map(|entry| entry.unwrap().path());
        // The files before the last are closed, and nothing writes to them.
        let last = paths.filter(|path| path.extension().is_some_and(|end| end == "jsonl")).max();
        if let Some(path) = last {
            let mut file = OpenOptions::new().append(true).open(path).unwrap();
            file.write_all(br#"{"v":1,"log":"half a li"#).unwrap();
        }
    }
}
