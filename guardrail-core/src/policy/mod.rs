//! The rules: who may do what, who must agree, and who the people are, read from `guardrail.toml`.
//!
//! A [`PolicySet`] is pure and never changes: an [`Intent`](crate::model::Intent) in, a
//! [`Verdict`](crate::model::Verdict) out. A file with a mistake makes no set at all, so whoever
//! reloads keeps the set they have.
//!
//! All of the grammar; what is left out has the value shown, where one is named:
//!
//! ```
//! # let text = r#"
//! [people.alice]                    # the id that policies, votes and records use
//! name = "Alice Example"            # to show; else the id
//! email = "alice@example.com"       # a call may name the one it acts for by it
//! kind = "human"                    # human | agent | service; only humans vote
//! active = true                     # false once she has left
//! owns = ["deploy-bot"]             # an owner is on the requesting side of an agent
//! slack = "T0CORP/U012ABC"          # ids of team and user; of several accounts a list
//! teams = "4f6c2a0e-7a52-4f0e-9d0b-0c5d7d1f0a11"   # Entra object id
//! terminal = "alice"                # user of the operating system
//! web = "alice"                     # subject of the API and the console
//! oidc = "auth0|alice"              # subject of the identity provider
//! [people.bob]
//!
//! [groups]
//! sre = ["alice", "bob"]
//!
//! [policies.prod-change]            # the name a guarded function gives, byte for byte
//! description = "Changes to production infrastructure"
//! effect = "ask"                    # allow | ask | deny; ask is the default
//! risk = "medium"                   # low | medium | high | critical; medium is the default
//! requester = "optional"            # required | optional; required for high and critical
//! approvers = ["group:sre", "person:bob"]
//! approvals = 1                     # distinct people; 1 is the default
//! timeout = "15m"                   # 1s to 30d, then it expires, refused; 15m is the default
//! grant_ttl = "5m"                  # 1s to 24h, then an approval lapses; 5m is the default
//! reason_required = ["deny"]        # approve, deny
//! references = [{ title = "Change policy CHG-7", url = "https://wiki.example.com/chg-7" }]
//! controls = ["SOC2:CC8.1"]
//!
//! [slack]                           # [slack], [teams], [web], [terminal]: read by the channel
//! # "#;
//! # guardrail_core::policy::PolicySet::parse(text)?;
//! # Ok::<_, guardrail_core::policy::PolicyError>(())
//! ```
//!
//! No word means "allow when time is up", "allow when something fails" or "approve your own
//! request". Two people never share a spelling of an id, an email address or an account, and no
//! two ids look alike.

mod directory;
mod error;
mod likely;
mod load;
mod named;
mod person;
mod read;
mod report;
mod section;
mod set;
mod side;

pub use directory::{Directory, Resolution};
pub use error::{Mistake, PolicyError};
pub use load::FILE_LIMIT;
pub use named::{Effect, Policy};
pub use person::{Kind, Person};
pub use section::Section;
pub use set::PolicySet;
pub(crate) use side::is_requesting_account;

#[cfg(test)]
mod tests;
