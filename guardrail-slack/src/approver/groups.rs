//! User groups of Slack that back groups of the directory: they take votes away, and give none.
//!
//! Who may vote is settled when the request is made. Where the policy asks a group that a user group
//! backs, a member's vote counts only while they are in the user group as well; whoever is asked
//! otherwise, by name or through another group, needs none. A user group that cannot be read, or
//! was read too long ago, has no members: what is stale never widens.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use guardrail_core::model::{ApprovalRequest, Eligible, PersonId, Stage};
use guardrail_core::policy::Directory;
use tokio::time::Instant;

use crate::client::{self, Client};

/// How long a membership is believed.
const FRESH: Duration = Duration::from_secs(60);

/// The user groups that back groups of the directory.
#[derive(Debug)]
pub(super) struct Groups {
    client: Client,
    /// User group by group of the directory; their number is that of the configuration.
    backed: BTreeMap<String, String>,
    known: Mutex<HashMap<String, (Instant, BTreeSet<String>)>>,
}

/// How a stage asks a person.
#[derive(Debug)]
enum Asked<'s> {
    /// By name, or through a group that no user group backs.
    Freely,
    /// Through groups that these user groups back; one of them must hold the person.
    Through(BTreeSet<&'s str>),
}

impl Groups {
    pub(super) fn new(client: Client, backed: BTreeMap<String, String>) -> Self {
        Self { client, backed, known: Mutex::default() }
    }

    /// Whether the user groups leave this person among those who are asked.
    ///
    /// # Errors
    /// When Slack does not say who is in them.
    pub(super) async fn leave(
        &self,
        request: &ApprovalRequest,
        directory: &Directory,
        person: &PersonId,
        user: &str,
    ) -> Result<bool, client::Error> {
        let Some(requirement) = request.requirement() else { return Ok(false) };
        let stages = requirement.stages().iter().filter(|stage| stage.people().contains(person));
        let mut any = false;
        for stage in stages {
            // Which stage a vote counts for the tally settles: who may be dealt to several stages
            // must be left in each of them.
            match self.asked(stage, directory, person) {
                Asked::Freely => {}
                Asked::Through(groups) => {
                    let mut has = false;
                    for group in groups {
                        has = has || self.has(group, user).await?;
                    }
                    if !has {
                        return Ok(false);
                    }
                }
            }
            any = true;
        }
        // Whoever no stage asks is refused by the desk, which says so better.
        Ok(any || self.backed.is_empty())
    }

    /// How a stage asks this person.
    fn asked<'s>(&'s self, stage: &Stage, directory: &Directory, person: &PersonId) -> Asked<'s> {
        let mut through = BTreeSet::new();
        for eligible in stage.approvers() {
            match eligible {
                Eligible::Person(named) if named == person => return Asked::Freely,
                Eligible::Person(_) => {}
                Eligible::Group(group) => {
                    let members = directory.group(group).unwrap_or_default();
                    if !members.contains(person) {
                        continue;
                    }
                    match self.backed.get(group.as_str()) {
                        None => return Asked::Freely,
                        Some(user_group) => {
                            through.insert(user_group.as_str());
                        }
                    }
                }
            }
        }
        // The directory may have changed since the request was made; then a group that is backed
        // says nothing of them any more, and neither do we.
        if self.backed.is_empty() { Asked::Freely } else { Asked::Through(through) }
    }

    async fn has(&self, user_group: &str, user: &str) -> Result<bool, client::Error> {
        let fresh = |known: &HashMap<String, (Instant, BTreeSet<String>)>| {
            let (at, members) = known.get(user_group)?;
            (at.elapsed() < FRESH).then(|| members.contains(user))
        };
        let known = fresh(&self.known.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(known) = known {
            return Ok(known);
        }
        let members: BTreeSet<String> =
            self.client.usergroup_users(user_group).await?.into_iter().collect();
        let has = members.contains(user);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(user_group.to_owned(), (Instant::now(), members));
        Ok(has)
    }
}
