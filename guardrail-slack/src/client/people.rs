//! People and user groups: what Slack says of an account.

use serde::Deserialize;

use crate::client::Client;
use crate::client::error::Error;
use crate::client::transport::Body;

/// What Slack says of one account. A flag it leaves out of a live account counts against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserInfo {
    pub(crate) id: String,
    /// The workspace the account belongs to; of a Slack Connect user another one than ours.
    pub(crate) team_id: String,
    pub(crate) deleted: bool,
    pub(crate) is_bot: bool,
    /// A guest of several channels.
    pub(crate) is_restricted: bool,
    /// A guest of one channel.
    pub(crate) is_ultra_restricted: bool,
    /// Somebody of another workspace, met through Slack Connect.
    pub(crate) is_stranger: bool,
    /// The organisation of an Enterprise Grid account, and the workspaces it belongs to there.
    pub(crate) enterprise: Option<Enterprise>,
    /// An address Slack knows to be theirs; needs the scope `users:read.email`.
    pub(crate) verified_email: Option<String>,
}

/// Where an Enterprise Grid account belongs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Enterprise {
    #[serde(rename = "enterprise_id")]
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) teams: Vec<String>,
}

impl UserInfo {
    /// What Slack says of an account, as it says it.
    #[cfg(test)]
    pub(crate) fn read(user: &str) -> Self {
        serde_json::from_str::<User>(user).map(Self::from).unwrap_or_else(|_| unreachable!())
    }

    /// A full member who is a human being, as far as Slack knows.
    pub(crate) fn is_full_member(&self) -> bool {
        !(self.deleted
            || self.is_bot
            || self.is_restricted
            || self.is_ultra_restricted
            || self.is_stranger)
    }
}

#[derive(Deserialize)]
struct Answer {
    user: User,
}

#[derive(Deserialize)]
struct User {
    id: String,
    team_id: String,
    #[serde(default)]
    deleted: bool,
    is_bot: Option<bool>,
    is_workflow_bot: Option<bool>,
    is_restricted: Option<bool>,
    is_ultra_restricted: Option<bool>,
    is_stranger: Option<bool>,
    is_email_confirmed: Option<bool>,
    enterprise_user: Option<Enterprise>,
    profile: Option<Profile>,
}

#[derive(Deserialize)]
struct Profile {
    email: Option<String>,
}

#[derive(Deserialize)]
struct Users {
    users: Vec<String>,
}

impl Client {
    /// `users.info`.
    pub(crate) async fn users_info(&self, user: &str) -> Result<UserInfo, Error> {
        let answer: Answer = self.call("users.info", Body::form([("user", user)])).await?;
        if answer.user.id != user {
            return Err(Error::Unreadable {
                method: "users.info",
                why: "it is about another user",
            });
        }
        Ok(answer.user.into())
    }

    /// `users.lookupByEmail`. `users_not_found` where nobody has it.
    pub(crate) async fn lookup_by_email(&self, email: &str) -> Result<UserInfo, Error> {
        let body = Body::form([("email", email)]);
        let answer: Answer = self.call("users.lookupByEmail", body).await?;
        Ok(answer.user.into())
    }

    /// `usergroups.users.list`: the ids of who is in a user group and not deactivated.
    pub(crate) async fn usergroup_users(&self, group: &str) -> Result<Vec<String>, Error> {
        let body = Body::form([("usergroup", group), ("include_disabled", "false")]);
        let answer: Users = self.call("usergroups.users.list", body).await?;
        Ok(answer.users)
    }
}

impl From<User> for UserInfo {
    fn from(user: User) -> Self {
        let email = user.profile.and_then(|profile| profile.email);
        Self {
            id: user.id,
            team_id: user.team_id,
            deleted: user.deleted,
            is_bot: user.is_bot.unwrap_or(true) || user.is_workflow_bot.unwrap_or(false),
            is_restricted: user.is_restricted.unwrap_or(true),
            is_ultra_restricted: user.is_ultra_restricted.unwrap_or(true),
            is_stranger: user.is_stranger.unwrap_or(false),
            enterprise: user.enterprise_user,
            verified_email: email.filter(|_| user.is_email_confirmed == Some(true)),
        }
    }
}
