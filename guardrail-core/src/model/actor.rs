//! Who asks: the agent, the person it acts for, and the chain in between.

use std::borrow::Cow;

use crate::model::name::{AgentName, PersonId, folded};

/// Who asks. The digest covers the agent, the person and the chain; session and model are shown.
#[derive(Clone, Debug)]
pub struct Actor {
    pub(super) agent: AgentName,
    /// Apart: thousands of calls wait at a time, and many have nothing here.
    pub(super) behind: Option<Box<Behind>>,
}

/// What stands behind an agent, where something does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Behind {
    pub(super) on_behalf_of: Option<PersonId>,
    pub(super) session: Option<Box<str>>,
    pub(super) model: Option<Box<str>>,
    pub(crate) chain: Vec<Box<str>>,
}

/// Where nothing does.
static NOTHING: Behind =
    Behind { on_behalf_of: None, session: None, model: None, chain: Vec::new() };

impl Behind {
    pub(super) fn apart(self) -> Option<Box<Self>> {
        (self != NOTHING).then(|| Box::new(self))
    }
}

impl Actor {
    /// An agent that acts for nobody known.
    #[must_use]
    pub fn new(agent: AgentName) -> Self {
        Self { agent, behind: None }
    }

    pub(super) fn behind(&self) -> &Behind {
        self.behind.as_deref().unwrap_or(&NOTHING)
    }

    pub(crate) fn behind_mut(&mut self) -> &mut Behind {
        self.behind.get_or_insert_default()
    }

    /// The agent's name, as it gives it.
    #[must_use]
    pub const fn agent(&self) -> &AgentName {
        &self.agent
    }

    /// The person of the directory it says it acts for.
    #[must_use]
    pub fn on_behalf_of(&self) -> Option<&PersonId> {
        self.behind().on_behalf_of.as_ref()
    }

    /// The session or run this call belongs to.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        self.behind().session.as_deref()
    }

    /// The language model behind the agent.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.behind().model.as_deref()
    }

    /// Every name under which it may mean somebody, folded: who is named so is on the requesting side.
    pub(crate) fn names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let person = self.on_behalf_of().map(PersonId::as_str);
        person.into_iter().chain([self.agent.as_str()]).chain(self.chain()).flat_map(spellings)
    }

    /// Agents and people through whom the task came, first the one who gave it.
    pub fn chain(&self) -> impl ExactSizeIterator<Item = &str> {
        self.behind().chain.iter().map(AsRef::as_ref)
    }
}

impl PartialEq for Actor {
    fn eq(&self, other: &Self) -> bool {
        (&self.agent, self.behind()) == (&other.agent, other.behind())
    }
}

impl Eq for Actor {}

/// The text, what of it follows a prefix (`agent:ops:deploy-bot` may mean `deploy-bot`), and each plain
/// address and mention in it (`Alice <alice@example.com>`, `<@U0ALICE>`).
pub(crate) fn spellings(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let text = folded(text);
    let behind = |at: usize| text.get(at + 1..).map(|name| name.trim().to_owned().into());
    let first = text.find(':');
    let last = first.and_then(|_| text.rfind(':'));
    let (first, last) = (first.and_then(behind), last.and_then(behind));
    let addresses = addresses(&text);
    let whole = [Some(text), first, last].into_iter().flatten();
    whole.chain(addresses).filter(|name| !name.is_empty())
}

/// The addresses and mentions in a text. `alice+ops@example.com` is its own: whose it is the directory
/// says, and no rule of spelling.
fn addresses(text: &str) -> Vec<Cow<'static, str>> {
    let is_around = |c: char| c.is_whitespace() || "@<>()[]\",;:?".contains(c);
    let signs = text.match_indices('@');
    let found = signs.filter_map(|(at, _)| {
        let (before, behind) = (text.get(..at)?, text.get(at + 1..)?);
        let local = before.rsplit(is_around).next()?;
        let domain = behind.split(is_around).next()?.trim_end_matches('.');
        // `@alice` and `<@U0ALICE>` mention a name.
        Some(if local.is_empty() { domain.to_owned() } else { format!("{local}@{domain}") }.into())
    });
    found.collect()
}
