//! Whose app and workspace a payload is of, and who did what it says.

use serde::Deserialize;

use super::error::DecodeError;
use super::id::id;
use crate::object::Object;

/// Whose app, workspace and organisation a payload is of, as Slack says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) app: String,
    /// None where the app is installed in a whole organisation.
    pub(crate) team: Option<String>,
    /// On Enterprise Grid.
    pub(crate) enterprise: Option<String>,
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Account {
    /// The workspace the account is of; of Slack Connect another one than ours.
    pub(crate) team: String,
    pub(crate) user: String,
}

/// As the fields stand in every interaction.
#[derive(Deserialize)]
pub(super) struct Common {
    api_app_id: String,
    team: Option<Object<Named>>,
    #[serde(default)]
    enterprise: Option<Object<Named>>,
    user: Object<User>,
    pub(super) trigger_id: String,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

#[derive(Deserialize)]
struct User {
    id: String,
    team_id: Option<String>,
}

impl Common {
    pub(super) fn read(&self) -> Result<(Origin, Account), DecodeError> {
        let team = self.team.as_ref().map(|team| id(&team.id, &['T'], "the team")).transpose()?;
        let enterprise = self
            .enterprise
            .as_ref()
            .map(|enterprise| id(&enterprise.id, &['E'], "the organisation"))
            .transpose()?;
        let app = id(&self.api_app_id, &['A'], "the app")?;
        let user = id(&self.user.id, &['U', 'W'], "the user")?;
        // Slack leaves the user's own team out where it is the one of the payload.
        let home = match (&self.user.team_id, &team) {
            (Some(home), _) => id(home, &['T', 'E'], "the user's team")?,
            (None, Some(team)) => team.clone(),
            (None, None) => return Err(DecodeError::Shape("the user's team")),
        };
        Ok((Origin { app, team, enterprise }, Account { team: home, user }))
    }
}
