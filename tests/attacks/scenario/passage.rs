//! What happens to a scenario from outside: its calls go on or are made again, time passes, the
//! process is killed and started again.

use std::time::Duration;

use super::deed::Deed;
use super::play::{Attempt, Play};
use super::step::Moment;
use super::wire::{Deadly, Wire};

impl Play {
    pub(crate) async fn release(&mut self) -> Result<(), String> {
        self.voted().await?;
        self.released = true;
        let ended = self.world.ended.len();
        for process in &self.world.processes {
            if self.dies_behind_body {
                process.wire.die_at(Deadly::Before("completed"));
            }
            process.wire.release();
        }
        self.world.settle().await;
        self.ended_since(ended);
        Ok(())
    }

    /// The same call from another worker, in the youngest process.
    pub(crate) async fn retry(&mut self) -> Result<(), String> {
        if !self.released && self.died.is_none() {
            self.release().await?;
        }
        let ended = self.world.ended.len();
        let process = self.world.alive()?;
        self.world.processes[process].wire.release();
        self.world.call(process, &self.key.clone());
        self.world.settle().await;
        self.ended_since(ended);
        Ok(())
    }

    /// Takes the end of the call that is spoken of for the last attempt, if it has ended since.
    fn ended_since(&mut self, before: usize) {
        let new = self.world.ended.get(before..).unwrap_or_default();
        if let Some((_, end)) = new.iter().rev().find(|(key, _)| *key == self.key) {
            self.last = Some(Attempt::Call(end.clone()));
        }
    }

    /// The agent calls by the same key, about something else.
    pub(crate) async fn reuse(&mut self, args: &str) -> Result<(), String> {
        self.need_any().await?;
        let (key, before) = (self.key.clone(), self.world.ended.len());
        let name = format!("{key}-reused");
        let other = Deed::new(args, None, &self.world.folder, &name);
        let first = self.world.deeds.insert(key.clone(), other.clone());
        let process = self.world.alive()?;
        self.world.call(process, &key);
        self.world.settle().await;
        self.ended_since(before);
        self.world.deeds.extend(first.map(|first| (key, first)));
        self.world.deeds.insert(name, other);
        Ok(())
    }

    pub(crate) async fn pass(&mut self, by: Duration) -> Result<(), String> {
        self.need_any().await?;
        self.world.settle().await;
        self.passed += by;
        tokio::time::advance(by).await;
        self.world.settle().await;
        Ok(())
    }

    /// Lets the call go on up to where its process dies. Set before anybody votes: a call may learn of
    /// its approval from its own process, before the log is asked.
    async fn die_at(&mut self, wire: &Wire, deadly: Deadly) -> Result<(), String> {
        wire.die_at(deadly);
        self.voted().await?;
        wire.release();
        Ok(())
    }

    /// The process dies, and nothing more comes from it.
    pub(crate) async fn kill(&mut self, moment: Moment) -> Result<(), String> {
        // A death that was set for the end of the body may have come already.
        let alive = self.world.alive();
        if alive.is_ok() {
            self.need_any().await?;
        }
        let process = alive.unwrap_or(self.world.processes.len() - 1);
        let wire = std::sync::Arc::clone(&self.world.processes[process].wire);
        match moment {
            _ if wire.is_dead() => {}
            Moment::Pending => {}
            Moment::BeforeStart => self.die_at(&wire, Deadly::Before("started")).await?,
            Moment::AfterStart => self.die_at(&wire, Deadly::After("started")).await?,
            Moment::InBody => self.release().await?,
            Moment::AfterBody => self.die_at(&wire, Deadly::Before("completed")).await?,
        }
        self.world.settle().await;
        wire.die();
        for (_, of, task) in &self.world.tasks {
            if *of == process {
                task.abort();
            }
        }
        self.died = Some(moment);
        self.world.settle().await;
        Ok(())
    }

    /// A new process finds what is on record; the agent in it tries the same call again.
    pub(crate) async fn restart(&mut self) -> Result<(), String> {
        self.need_any().await?;
        if self.world.alive().is_ok() {
            let moment = self.died.unwrap_or(Moment::Pending);
            self.kill(Moment::Pending).await?;
            self.died = Some(moment);
        }
        for deed in self.world.deeds.values() {
            deed.hold(false);
        }
        self.hold_body = false;
        self.restarted = true;
        self.world.boot(true).await?;
        self.world.settle().await;
        self.retry().await
    }

    pub(crate) fn died_behind_start(&self) -> bool {
        self.died == Some(Moment::AfterStart)
    }

    pub(crate) fn has_died(&self) -> bool {
        self.died.is_some()
    }
}
