//! What a child is told by the process that starts it.

use std::process::Command;

use crate::child::doom::Doom;
use crate::nest::Nest;
use crate::script::Kind;

const NEST: &str = "GUARDRAIL_CHILD_NEST";
const LIFE: &str = "GUARDRAIL_CHILD_LIFE";
const SEED: &str = "GUARDRAIL_CHILD_SEED";
const DOOM: &str = "GUARDRAIL_CHILD_DOOM";
const SITE: &str = "GUARDRAIL_CHILD_SITE";
const KINDS: &str = "GUARDRAIL_CHILD_KINDS";

/// One life of a child.
#[derive(Clone, Debug)]
pub(crate) struct Orders {
    pub(crate) nest: Nest,
    /// Which life in this nest it is, from 0.
    pub(crate) life: u64,
    /// Of everything that is left to chance in it.
    pub(crate) seed: u64,
    pub(crate) doom: Doom,
    /// Where its log is, as a [`Site`](crate::site::Site) says it.
    pub(crate) site: String,
    /// What calls are made.
    pub(crate) kinds: Vec<Kind>,
}

impl Orders {
    pub(crate) fn give(&self, command: &mut Command) {
        let kinds: Vec<String> = self.kinds.iter().map(|kind| format!("{kind:?}")).collect();
        command
            .env(NEST, self.nest.path())
            .env(LIFE, self.life.to_string())
            .env(SEED, self.seed.to_string())
            .env(DOOM, self.doom.text())
            .env(SITE, &self.site)
            .env(KINDS, kinds.join(" "));
    }

    /// `None` in a process that is no child.
    pub(crate) fn take() -> Option<Self> {
        let number = |name| std::env::var(name).unwrap().parse().unwrap();
        let kinds = |text: String| {
            let of = |name: &str| Kind::of(&format!("{name}-0")).0;
            text.split_whitespace().map(of).collect()
        };
        Some(Self {
            nest: Nest::at(std::env::var_os(NEST)?),
            life: number(LIFE),
            seed: number(SEED),
            doom: Doom::parse(&std::env::var(DOOM).unwrap()),
            site: std::env::var(SITE).unwrap(),
            kinds: kinds(std::env::var(KINDS).unwrap()),
        })
    }
}
