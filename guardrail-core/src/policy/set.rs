//! The policy set: an intent in, a verdict out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::model::{
    Actor, Digest, Eligible, Intent, NameError, PersonId, PolicyName, Requirement, Retry, Risk,
    Stage, Verdict,
};
use crate::policy::directory::Directory;
use crate::policy::likely::likely;
use crate::policy::named::{Effect, Policy};
use crate::policy::person::Person;
use crate::policy::section::Section;

/// The rules and the people of one `guardrail.toml`. It never changes; a clone is the same set.
///
/// ```
/// use guardrail_core::policy::PolicySet;
///
/// let policies = PolicySet::parse(
///     r#"
///     [people.alice]
///     slack = "T0CORP/U012ABC"
///
///     [policies.refunds]
///     approvers = ["person:alice"]
///     "#,
/// )?;
/// assert_eq!(policies.policies().count(), 1);
///
/// let mistake = PolicySet::parse("[policies.refunds]\naprovers = []").unwrap_err();
/// assert!(mistake.to_string().contains("did you mean `approvers`?"));
/// # Ok::<_, guardrail_core::policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct PolicySet(Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) digest: Digest,
    pub(super) directory: Directory,
    pub(super) policies: Policies,
    pub(super) sections: BTreeMap<&'static str, Section>,
}

/// Which names there are.
#[derive(Debug)]
pub(super) enum Policies {
    /// Those that stand in the file.
    Named(BTreeMap<PolicyName, Policy>),
    /// Every name means this policy, and whoever a call acts for is taken as known. For tests.
    Any(Policy),
}

// ===== impl PolicySet =====

impl PolicySet {
    pub(super) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// No policies and no people: every call is denied.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Every policy name asks this one person for one approval, proven by `Identity::person`.
    ///
    /// # Errors
    /// When `person` cannot be the id of a person.
    pub(crate) fn asking(person: &str) -> Result<Self, NameError> {
        let id = PersonId::new(person)?;
        let stage = Stage {
            approvers: vec![Eligible::Person(id.clone())],
            people: vec![id.clone()],
            approvals: 1,
        };
        let policy = Policy {
            name: PolicyName::new("any")?,
            effect: Effect::Ask,
            requirement: Arc::new(Requirement {
                risk: Risk::Medium,
                description: None,
                stages: vec![stage],
                timeout: Policy::TIMEOUT,
                grant_ttl: Policy::GRANT_TTL,
                retry: Retry::Never,
                requester_required: false,
                reason_required: Vec::new(),
                references: Vec::new(),
                controls: Vec::new(),
            }),
        };
        Ok(Self::new(Inner {
            digest: Digest::of(format!("asks {id} about everything").as_bytes()),
            directory: Directory::new(vec![Person::new(id)], BTreeMap::new()),
            policies: Policies::Any(policy),
            sections: BTreeMap::new(),
        }))
    }

    /// What the policies say of an intent. The same intent always gets the same answer.
    #[must_use]
    pub fn judge(&self, intent: &Intent) -> Verdict {
        let policy = match self.policy(intent.policy()) {
            Some(policy) => policy,
            None => return deny(self.unknown(intent.policy())),
        };
        match self.refuse_requester(policy, intent.actor()) {
            Some(reason) => deny(reason),
            None => policy.verdict(),
        }
    }

    /// The people.
    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.0.directory
    }

    /// SHA-256 of the text the set was read from, as `sha256sum guardrail.toml` prints it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.0.digest
    }

    /// The policies, by name.
    pub fn policies(&self) -> impl Iterator<Item = &Policy> {
        let (named, any) = match &self.0.policies {
            Policies::Named(policies) => (Some(policies.values()), None),
            Policies::Any(policy) => (None, Some(policy)),
        };
        named.into_iter().flatten().chain(any)
    }

    /// The policy of exactly this name. No name has a meaning of its own.
    #[must_use]
    pub fn policy(&self, name: &PolicyName) -> Option<&Policy> {
        match &self.0.policies {
            Policies::Named(policies) => policies.get(name),
            Policies::Any(policy) => Some(policy),
        }
    }

    /// Whether there is a policy of exactly this name.
    #[must_use]
    pub fn contains(&self, name: &PolicyName) -> bool {
        self.policy(name).is_some()
    }

    /// Who must agree under the policy of this name; `None` where it asks nobody or is not there.
    #[must_use]
    pub fn requirement(&self, name: &PolicyName) -> Option<&Arc<Requirement>> {
        self.policy(name).and_then(Policy::requirement)
    }

    /// The configuration of a channel, `[slack]`, `[teams]`, `[web]` or `[terminal]`, where the
    /// file has it.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.0.sections.get(name)
    }

    /// Why the one it acts for, or the lack of one, rules the call out.
    fn refuse_requester(&self, policy: &Policy, actor: &Actor) -> Option<String> {
        let Some(id) = actor.on_behalf_of() else {
            return policy.requester_required().then(|| {
                format!(
                    "policy `{}` asks for whom the agent acts, and the call names nobody",
                    policy.name
                )
            });
        };
        if matches!(self.0.policies, Policies::Any(_)) {
            return None;
        }
        // The exact id is the rule, and it is found without making text.
        let person = self.directory().person(id).or_else(|| self.directory().named(id.as_str()));
        match person {
            None => Some(format!(
                "the call acts for `{id}`, who is not in the directory: `[people]` of the policy \
                 file has nobody of that id or email"
            )),
            Some(person) if !person.is_active() => {
                Some(format!("the call acts for `{id}`, who is not active any more"))
            }
            Some(person) if policy.requester_required() && !person.is_human() => Some(format!(
                "policy `{}` asks for which human the agent acts, and `{id}` is of kind {}",
                policy.name,
                person.kind()
            )),
            Some(_) => None,
        }
    }

    fn unknown(&self, name: &PolicyName) -> String {
        let names = self.policies().map(|policy| policy.name.as_str());
        match likely(name.as_str(), names) {
            Some(other) => format!("there is no policy `{name}` (did you mean `{other}`?)"),
            None if self.policies().next().is_none() => {
                format!("there is no policy `{name}`: the policies in force define none at all")
            }
            None => format!("there is no policy `{name}`"),
        }
    }
}

// ===== impl Inner =====

impl Default for Inner {
    fn default() -> Self {
        Self {
            digest: Digest::of(b""),
            directory: Directory::default(),
            policies: Policies::Named(BTreeMap::new()),
            sections: BTreeMap::new(),
        }
    }
}

impl Policy {
    /// How long people have where the policy does not say.
    pub(super) const TIMEOUT: Duration = Duration::from_secs(15 * 60);
    /// How long an approval waits for its start where the policy does not say.
    pub(super) const GRANT_TTL: Duration = Duration::from_secs(5 * 60);
}

fn deny(reason: String) -> Verdict {
    Verdict::Deny { reason: reason.into() }
}
