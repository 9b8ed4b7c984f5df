//! Reads what a log holds and lists, and compares it with what it must.

use std::sync::Arc;

use guardrail_core::audit::{AuditLog as _, AuditRecord, Error, Verifier};
use guardrail_core::model::{RequestId, Sequence, Version};

use super::drive::Drive;
use super::operation::Pick;
use super::{Broken, Site};
use crate::broken::ensure;

impl<S: Site> Drive<'_, S> {
    /// What was read; nothing where reading failed as was planned.
    async fn read_or<T>(&mut self, read: Result<T, Error>) -> Result<Option<T>, Broken> {
        match read {
            Ok(read) => Ok(Some(read)),
            Err(error) => {
                ensure!(self.is_planned, "it cannot be read: {error}");
                self.finish(Vec::new(), false).await?;
                Ok(None)
            }
        }
    }

    pub(super) async fn stream(&mut self, stream: Pick, after: u64) -> Result<(), Broken> {
        let number = stream.number(&mut self.account.model);
        self.name()?;
        let read = self.log()?.stream(self.account.id(number), Version::new(after)).await;
        let Some(read) = self.read_or(read).await? else { return Ok(()) };
        let right = self.account.stream(number, after);
        ensure!(lines(&read) == right, "stream {number} behind {after} is another: {read:?}");
        Ok(())
    }

    pub(super) async fn read(&mut self, sixteenths: u64, limit: usize) -> Result<(), Broken> {
        let after = self.account.model.size().saturating_mul(sixteenths) / 16;
        let read = self.log()?.read(Sequence::new(after), limit).await;
        let Some(read) = self.read_or(read).await? else { return Ok(()) };
        let right = self.account.lines(after);
        ensure!(read.len() <= limit, "a page of {limit} holds {}", read.len());
        ensure!(right.starts_with(&lines(&read)), "the log behind {after} is another: {read:?}");
        let ends = right.is_empty() || limit == 0;
        ensure!(ends == read.is_empty(), "the page behind {after} holds {}", read.len());
        Ok(())
    }

    pub(super) async fn list_open(
        &mut self,
        after: Option<Pick>,
        limit: usize,
    ) -> Result<(), Broken> {
        let after = after.map(|pick| pick.number(&mut self.account.model));
        self.name()?;
        // What comes behind one that nobody has heard of is not laid down.
        let after = after.filter(|number| self.account.model.stream(*number).version > 0);
        let listed = self.log()?.open(after.map(|number| self.account.id(number)), limit).await;
        let Some(listed) = self.read_or(listed).await? else { return Ok(()) };
        let right = self.account.model.open(after);
        self.same("open", &listed, &right, limit)
    }

    pub(super) async fn list_left(&mut self, limit: usize) -> Result<(), Broken> {
        let listed = self.log()?.orphaned(limit).await;
        let Some(listed) = self.read_or(listed).await? else { return Ok(()) };
        self.versioned("orphaned", &listed, &self.account.model.orphaned(), limit)?;
        let listed = self.log()?.unattended(None, limit).await;
        let Some(Some(listed)) = self.read_or(listed).await? else { return Ok(()) };
        let right = self.account.model.unattended();
        self.versioned("unattended", &listed, &right, limit)
    }

    fn versioned(
        &self,
        what: &str,
        listed: &[(RequestId, Version)],
        right: &[(usize, u64)],
        limit: usize,
    ) -> Result<(), Broken> {
        let named =
            |(number, version): &(usize, u64)| (self.account.id(*number), Version::new(*version));
        let right: Vec<_> = right.iter().take(limit).map(named).collect();
        ensure!(listed == right, "{listed:?} are {what}, not {right:?}");
        Ok(())
    }

    fn same(
        &self,
        what: &str,
        listed: &[RequestId],
        right: &[usize],
        limit: usize,
    ) -> Result<(), Broken> {
        let right: Vec<_> = right.iter().take(limit).map(|n| self.account.id(*n)).collect();
        ensure!(listed == right, "{listed:?} are {what}, not {right:?}");
        Ok(())
    }

    /// Everything the log holds and lists, from its lines up.
    pub(super) async fn check(&mut self) -> Result<(), Broken> {
        self.now()?;
        let log = self.log()?;
        let mut verifier = Verifier::new();
        let mut right = self.account.lines(0).into_iter();
        let mut after = Sequence::START;
        loop {
            let page = log.read(after, 64).await?;
            let Some(last) = page.last() else { break };
            after = last.sequence();
            for record in page {
                verifier.push(record.line())?;
                let same = right.next() == Some(record.line());
                ensure!(same, "record {} is not what it was", record.sequence());
            }
        }
        ensure!(right.next().is_none(), "the log ends behind record {after}");
        ensure!(verifier.is_whole(), "the last append is not whole");
        self.list_open(None, usize::MAX).await?;
        self.list_left(usize::MAX).await
    }

    /// Every stream, too.
    pub(super) async fn check_streams(&mut self) -> Result<(), Broken> {
        let log = self.log()?;
        for number in 0..self.account.model.streams() {
            let stream = log.stream(self.account.id(number), Version::START).await?;
            let right = self.account.stream(number, 0);
            ensure!(lines(&stream) == right, "stream {number} is another: {stream:?}");
        }
        Ok(())
    }
}

fn lines(records: &[Arc<AuditRecord>]) -> Vec<&str> {
    records.iter().map(|record| record.line()).collect()
}
