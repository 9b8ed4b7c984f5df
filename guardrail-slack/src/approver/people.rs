//! Who an account of Slack is: a person of the directory, somebody unknown, or nobody who votes.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use guardrail_core::model::{Identity, fold};
use guardrail_core::policy::{Directory, Person, Resolution};
use tokio::sync::OnceCell;
use tokio::time::Instant;

use crate::client::{self, Client, UserInfo};
use crate::config::Config;
use crate::interaction::Account;

/// How long what Slack said of an account is believed.
const FRESH: Duration = Duration::from_secs(60);

/// Most accounts that are remembered.
const MOST: usize = 1_024;

/// The realm of accounts that vote for nobody, whoever the directory says they are: it holds none.
const NOBODY: &str = "slack-nobody";

/// Who an account is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// A full member, under the identity the directory knows them by, or would.
    Member(Identity),
    /// Nobody who votes, and why; with the identity that refused votes are recorded under.
    Nobody(Identity, Nobody),
}

/// Why an account is nobody's here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nobody {
    /// Of another organisation, met through Slack Connect.
    Stranger,
    /// A guest of one or several channels.
    Guest,
    /// A program.
    Bot,
    /// Deactivated.
    Gone,
}

/// Where the app is at home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Home {
    pub(super) teams: BTreeSet<String>,
    pub(super) enterprise: Option<String>,
}

/// What is known of accounts, briefly.
#[derive(Debug)]
pub(super) struct People {
    client: Client,
    teams: BTreeSet<String>,
    enterprise: Option<String>,
    link_by_email: bool,
    home: OnceCell<Home>,
    known: Mutex<HashMap<String, (Instant, UserInfo)>>,
}

impl People {
    pub(super) fn new(client: Client, config: &Config) -> Self {
        Self {
            client,
            teams: config.teams.clone(),
            enterprise: config.enterprise.clone(),
            link_by_email: config.link_by_email,
            home: OnceCell::new(),
            known: Mutex::default(),
        }
    }

    /// Who the account is.
    ///
    /// # Errors
    /// When Slack does not say: then nobody can tell, and no vote of theirs counts.
    pub(super) async fn who(
        &self,
        account: &Account,
        directory: &Directory,
    ) -> Result<Who, client::Error> {
        let home = self.home().await?;
        let info = self.info(&account.user).await?;
        let Account { team, user } = account;
        let nobody = |why| Ok(Who::Nobody(Identity::new(NOBODY, &format!("{team}/{user}")), why));
        if info.deleted {
            return nobody(Nobody::Gone);
        }
        if info.is_bot {
            return nobody(Nobody::Bot);
        }
        // Where the payload says they are from, and where Slack says they are.
        if info.is_stranger || !home.has(&info, &info.team_id) || !home.has(&info, team) {
            return nobody(Nobody::Stranger);
        }
        if !info.is_full_member() {
            return nobody(Nobody::Guest);
        }
        Ok(Who::Member(self.identity(home, &info, account, directory)))
    }

    /// The identity under which the directory knows the account, or would. Where an address leads to the
    /// person, the account goes along: the directory does not say whose it is.
    fn identity(
        &self,
        home: &Home,
        info: &UserInfo,
        account: &Account,
        directory: &Directory,
    ) -> Identity {
        let own = Identity::new(super::CHANNEL, &format!("{}/{}", info.team_id, account.user));
        if let Some(identity) = found(home, info, account, directory) {
            return identity;
        }
        let email = info.verified_email.as_deref().filter(|_| self.link_by_email);
        match email.and_then(|email| by_email(directory, email)) {
            Some(person) => Identity::person(person.id().as_str()).by_account(own),
            None => own,
        }
    }

    /// The account of this person: the one they are linked to in a workspace of ours, else the one
    /// with their email address, where that may link.
    pub(super) async fn account(&self, person: &Person) -> Result<Option<String>, client::Error> {
        let home = self.home().await?;
        let ours = person.identities().iter().filter(|id| id.realm() == super::CHANNEL);
        let mut accounts = ours.filter_map(|id| id.subject().split_once('/'));
        let at_home =
            |team: &str| home.teams.contains(team) || home.enterprise.as_deref() == Some(team);
        if let Some((_, user)) = accounts.find(|(team, _)| at_home(team)) {
            return Ok(Some(user.to_owned()));
        }
        let Some(email) = person.email().filter(|_| self.link_by_email) else { return Ok(None) };
        match self.client.lookup_by_email(email).await {
            Ok(info) => {
                let theirs = info.verified_email.as_deref();
                let ours = info.is_full_member() && home.has(&info, &info.team_id);
                let same = theirs.is_some_and(|theirs| fold(theirs) == fold(email));
                Ok((ours && same).then_some(info.id))
            }
            Err(error) if error.code() == Some("users_not_found") => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn home(&self) -> Result<&Home, client::Error> {
        self.home
            .get_or_try_init(|| async {
                if !self.teams.is_empty() || self.enterprise.is_some() {
                    let (teams, enterprise) = (self.teams.clone(), self.enterprise.clone());
                    return Ok(Home { teams, enterprise });
                }
                let me = self.client.auth_test().await?;
                let enterprise = me.enterprise.filter(|_| me.is_enterprise_install);
                Ok(Home { teams: BTreeSet::from([me.team]), enterprise })
            })
            .await
    }

    async fn info(&self, user: &str) -> Result<UserInfo, client::Error> {
        let known = self.known().get(user).cloned();
        if let Some((_, info)) = known.filter(|(at, _)| at.elapsed() < FRESH) {
            return Ok(info);
        }
        let info = self.client.users_info(user).await?;
        let mut known = self.known();
        if known.len() >= MOST {
            known.retain(|_, (at, _)| at.elapsed() < FRESH);
        }
        if known.len() < MOST {
            known.insert(user.to_owned(), (Instant::now(), info.clone()));
        }
        Ok(info)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, (Instant, UserInfo)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Home {
    /// Whether this team of the account is ours.
    pub(super) fn has(&self, info: &UserInfo, team: &str) -> bool {
        let organisation = info.enterprise.as_ref();
        self.teams.contains(team)
            || organisation.is_some_and(|theirs| {
                let ours = self.enterprise.as_ref() == Some(&theirs.id)
                    || theirs.teams.iter().any(|team| self.teams.contains(team));
                // One account of an organisation is in several of its workspaces.
                ours && (theirs.id == team
                    || info.team_id == team
                    || theirs.teams.iter().any(|other| other == team))
            })
    }
}

/// The identity under which the directory holds the account; on Enterprise Grid an account has one
/// id and several workspaces.
pub(super) fn found(
    home: &Home,
    info: &UserInfo,
    account: &Account,
    directory: &Directory,
) -> Option<Identity> {
    let organisation = info.enterprise.as_ref();
    let theirs = organisation.map(|o| o.teams.as_slice()).unwrap_or_default();
    let mut teams = [&info.team_id, &account.team]
        .into_iter()
        .chain(theirs.iter().filter(|team| home.teams.contains(*team)))
        .chain(organisation.map(|o| &o.id));
    teams.find_map(|team| {
        let identity = Identity::new(super::CHANNEL, &format!("{team}/{}", account.user));
        matches!(directory.resolve(&identity), Resolution::Person(_)).then_some(identity)
    })
}

/// The person whose email address this is, however it is spelled. An id is no address.
fn by_email<'d>(directory: &'d Directory, email: &str) -> Option<&'d Person> {
    let person = directory.named(email)?;
    person.email().is_some_and(|theirs| fold(theirs) == fold(email)).then_some(person)
}
