//! Policy files beside a log: its requests, held against those they were made under.

use std::path::PathBuf;

use guardrail_core::audit::AuditRecord;
use guardrail_core::desk::Rejudge;
use guardrail_core::model::Digest;
use guardrail_core::policy::PolicySet;
use serde_json::{Value, json};

use crate::error::Error;
use crate::out::Out;

/// Policy files, and what was held against them so far.
pub(super) struct Policies {
    files: Vec<(String, Digest)>,
    rejudge: Rejudge,
}

impl Policies {
    /// Reads the files; nothing where none is named.
    pub(super) fn load(paths: &[PathBuf]) -> Result<Option<Self>, Error> {
        if paths.is_empty() {
            return Ok(None);
        }
        let sets = paths.iter().map(PolicySet::load).collect::<Result<Vec<_>, _>>()?;
        let named =
            |(path, set): (&PathBuf, &PolicySet)| (path.display().to_string(), set.digest());
        let files = paths.iter().zip(&sets).map(named).collect();
        Ok(Some(Self { files, rejudge: Rejudge::by(sets) }))
    }

    /// Hears a record of the log.
    pub(super) fn hear(&mut self, record: &AuditRecord) -> Result<(), Error> {
        Ok(self.rejudge.push(record)?)
    }

    /// What was held against which file, and what was not.
    pub(super) fn tell(&self, out: &mut Out) -> Result<(), Error> {
        let so_far = self.rejudge.so_far();
        for (file, digest) in &self.files {
            let judged = so_far.requests.get(digest).copied().unwrap_or_default();
            out.line(&format!("policies {digest}, {file}: {} judged by it", requests(judged)))?;
        }
        for (digest, count) in &so_far.others {
            out.line(&format!(
                "not judged: {} made under other policies, {digest}",
                requests(*count)
            ))?;
        }
        if so_far.refused > 0 {
            out.line(&format!(
                "not judged: {} refused before anybody was asked",
                requests(so_far.refused)
            ))?;
        }
        if so_far.unjudged > 0 {
            out.line(&format!(
                "not judged: {} votes and starts, whose writer had also loaded policies that were not \
                 given",
                so_far.unjudged
            ))?;
        }
        Ok(())
    }

    /// The same as an object.
    pub(super) fn counts(&self) -> Value {
        let so_far = self.rejudge.so_far();
        let files: Vec<Value> = self
            .files
            .iter()
            .map(|(file, digest)| {
                let judged = so_far.requests.get(digest);
                json!({ "file": file, "sha256": digest, "requests": judged })
            })
            .collect();
        let others: Vec<Value> = so_far
            .others
            .iter()
            .map(|(digest, count)| json!({ "sha256": digest, "requests": count }))
            .collect();
        json!({
            "files": files, "others": others, "refused": so_far.refused,
            "votes_and_starts_not_judged": so_far.unjudged,
        })
    }
}

fn requests(count: u64) -> String {
    if count == 1 { "1 request".to_owned() } else { format!("{count} requests") }
}
