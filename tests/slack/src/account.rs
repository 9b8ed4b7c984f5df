//! An account of the workspace, as `users.info` tells of it.

use serde_json::{Value, json};

/// Somebody with an account: a full member unless said otherwise.
#[derive(Debug, Clone)]
pub struct Account {
    /// `U0ALICE`.
    pub id: String,
    /// `alice`.
    pub name: String,
    /// The workspace the account belongs to.
    pub team: String,
    /// A confirmed address, where there is one.
    pub email: Option<String>,
    /// Whether the address was confirmed.
    pub confirmed: bool,
    /// A program.
    pub bot: bool,
    /// A guest of several channels.
    pub guest: bool,
    /// A guest of one channel.
    pub single_channel_guest: bool,
    /// Somebody of another workspace, met by Slack Connect.
    pub stranger: bool,
    /// Switched off.
    pub deleted: bool,
}

impl Account {
    /// A full member of the workspace.
    #[must_use]
    pub fn member(id: &str, name: &str, team: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            team: team.to_owned(),
            email: Some(format!("{name}@example.com")),
            confirmed: true,
            bot: false,
            guest: false,
            single_channel_guest: false,
            stranger: false,
            deleted: false,
        }
    }

    /// The object `user` of `users.info`.
    #[must_use]
    pub fn info(&self) -> Value {
        let mut user = json!({
            "id": self.id, "team_id": self.team, "name": self.name, "deleted": self.deleted,
            "real_name": self.name, "is_bot": self.bot, "is_app_user": false, "updated": 1_700_000_000,
            "is_email_confirmed": self.confirmed,
            "profile": { "real_name": self.name, "display_name": self.name, "team": self.team },
        });
        if !self.deleted {
            // A switched-off account has none of these.
            user["is_admin"] = json!(false);
            user["is_owner"] = json!(false);
            user["is_restricted"] = json!(self.guest || self.single_channel_guest);
            user["is_ultra_restricted"] = json!(self.single_channel_guest);
        }
        if self.stranger {
            user["is_stranger"] = json!(true);
        }
        if let Some(email) = &self.email {
            user["profile"]["email"] = json!(email);
        }
        user
    }
}
