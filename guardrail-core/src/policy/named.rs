//! One policy: its name, its effect, and what it asks.

use std::fmt;
use std::sync::Arc;

use crate::model::{PolicyName, Requirement, Risk, Verdict};

/// What a policy does with a call. Exhaustive on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Effect {
    /// It may run.
    Allow,
    /// People must agree first.
    #[default]
    Ask,
    /// It may not run.
    Deny,
}

/// A policy of the set.
#[derive(Clone, Debug)]
pub struct Policy {
    pub(super) name: PolicyName,
    pub(super) effect: Effect,
    /// Shared by every request under the policy. Without stages where nobody is asked.
    pub(super) requirement: Arc<Requirement>,
}

// ===== impl Effect =====

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::Ask => "ask",
            Self::Deny => "deny",
        })
    }
}

// ===== impl Policy =====

impl Policy {
    /// What guarded functions call it.
    #[must_use]
    pub const fn name(&self) -> &PolicyName {
        &self.name
    }

    /// What it does with a call.
    #[must_use]
    pub const fn effect(&self) -> Effect {
        self.effect
    }

    /// What it is for.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.requirement.description()
    }

    /// How much harm the actions under it can do.
    #[must_use]
    pub fn risk(&self) -> Risk {
        self.requirement.risk()
    }

    /// Whether a call must name the person it acts for.
    #[must_use]
    pub fn requester_required(&self) -> bool {
        self.requirement.requester_required()
    }

    /// Who must agree; `None` where it asks nobody.
    #[must_use]
    pub fn requirement(&self) -> Option<&Arc<Requirement>> {
        matches!(self.effect, Effect::Ask).then_some(&self.requirement)
    }

    pub(super) fn verdict(&self) -> Verdict {
        match self.effect {
            Effect::Allow => Verdict::Allow,
            Effect::Ask => Verdict::Ask(Arc::clone(&self.requirement)),
            Effect::Deny => {
                Verdict::Deny { reason: format!("policy `{}` denies every call", self.name).into() }
            }
        }
    }
}
