//! How many approvals of a request count, and whether they are enough.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::name::PersonId;
use crate::model::requirement::{Requirement, Stage};

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Approvals that count.
    pub approvals: u32,
    /// Approvals it takes.
    pub required: u32,
}

impl Tally {
    /// Whether it is enough.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.required > 0 && self.approvals >= self.required
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.approvals, self.required)
    }
}

impl Requirement {
    /// How many approvals count, and whether they are enough. One person counts in one stage:
    /// people are dealt to stages so that as many places as possible are filled.
    #[must_use]
    pub fn tally<'p>(&self, approvers: impl IntoIterator<Item = &'p PersonId>) -> Tally {
        if let [stage] = &*self.stages {
            return Tally { approvals: stage.tally(approvers), required: stage.approvals };
        }
        let places: Vec<usize> = self
            .stages
            .iter()
            .enumerate()
            .flat_map(|(index, stage)| {
                // More places than people can never be filled; one more than people says so.
                let most = stage.people.len().saturating_add(1);
                std::iter::repeat_n(index, most.min(stage.approvals as usize))
            })
            .collect();
        let mut people: Vec<&PersonId> = Vec::new();
        for person in approvers {
            if !people.contains(&person) {
                people.push(person);
            }
        }
        let mut seats: Vec<Option<&PersonId>> = vec![None; places.len()];
        let mut filled = 0;
        for person in people {
            let mut tried = vec![false; places.len()];
            if self.seat(person, &places, &mut seats, &mut tried) {
                filled += 1;
            }
        }
        Tally { approvals: filled, required: self.approvals() }
    }

    /// Finds a place for `person`, moving others where that helps (Kuhn's augmenting paths).
    fn seat<'p>(
        &self,
        person: &'p PersonId,
        places: &[usize],
        seats: &mut [Option<&'p PersonId>],
        tried: &mut [bool],
    ) -> bool {
        for (place, stage) in places.iter().enumerate() {
            let open = tried.get(place) == Some(&false)
                && self.stages.get(*stage).is_some_and(|stage| stage.people.contains(person));
            if !open {
                continue;
            }
            if let Some(mark) = tried.get_mut(place) {
                *mark = true;
            }
            let moved = match seats.get(place).copied().flatten() {
                None => true,
                Some(sitting) => self.seat(sitting, places, seats, tried),
            };
            if moved && let Some(seat) = seats.get_mut(place) {
                *seat = Some(person);
                return true;
            }
        }
        false
    }
}

impl Stage {
    /// How many of these people count, where it is the only stage: everyone it names, once, up to as
    /// many as it takes.
    fn tally<'p>(&self, approvers: impl IntoIterator<Item = &'p PersonId>) -> u32 {
        let mut approvers = approvers.into_iter();
        if self.approvals == 1 {
            return u32::from(approvers.any(|person| self.people.contains(person)));
        }
        let mut seated: Vec<&PersonId> = Vec::new();
        for person in approvers {
            if seated.len() == self.approvals as usize {
                break;
            }
            if self.people.contains(person) && !seated.contains(&person) {
                seated.push(person);
            }
        }
        u32::try_from(seated.len()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what must not happen")]

    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::model::requirement::{Retry, Risk};

    fn asking(stages: Vec<Stage>) -> Requirement {
        Requirement {
            risk: Risk::Low,
            description: None,
            stages,
            timeout: Duration::ZERO,
            grant_ttl: Duration::ZERO,
            retry: Retry::default(),
            requester_required: false,
            reason_required: vec![],
            references: vec![],
            controls: vec![],
        }
    }

    fn people() -> impl Strategy<Value = Vec<PersonId>> {
        let person = (0..6).prop_map(|n| PersonId::new(format!("person-{n}")).unwrap());
        prop::collection::vec(person, 0..8)
    }

    proptest! {
        #[test]
        fn one_stage_counts_as_one_of_several_does(
            people in people(),
            approvers in people(),
            approvals in 0_u32..5,
        ) {
            let stage = Stage { approvers: vec![], people, approvals };
            let nobody = Stage { approvers: vec![], people: vec![], approvals: 0 };
            let alone = asking(vec![stage.clone()]).tally(&approvers);
            prop_assert_eq!(alone, asking(vec![stage, nobody]).tally(&approvers));
        }
    }
}
