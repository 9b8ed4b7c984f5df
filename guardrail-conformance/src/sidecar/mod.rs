//! The contract of a sidecar, rule by rule. Every case opens with its rule.
//!
//! [`sidecar_suite!`](crate::sidecar_suite) makes one `#[test]` of each case; [`run`] runs one by
//! name. Each runs twice: on a runtime of one thread, and on one of several.

mod erased;
mod kept;
mod samples;

use std::time::Duration;

use async_trait::async_trait;
use guardrail_core::audit::sidecar::Sidecar;
use tokio::runtime::Builder;

pub use crate::broken::Broken;

/// Makes the sidecars under test.
#[async_trait]
pub trait SidecarFactory: Send + Sync {
    /// The kind of sidecar.
    type Sidecar: Sidecar;

    /// A new sidecar in which nothing is kept.
    async fn fresh(&self) -> Self::Sidecar;

    /// The same sidecar closed and opened anew, as after a restart; `None` for one that is gone with
    /// its process.
    async fn reopen(&self, sidecar: Self::Sidecar) -> Option<Self::Sidecar> {
        drop(sidecar);
        None
    }

    /// Every byte of the files a sidecar consists of, where it consists of files that can be read.
    async fn bytes(&self, sidecar: &Self::Sidecar) -> Option<Vec<u8>> {
        let _ = sidecar;
        None
    }
}

/// No case takes as long as this; one that does is one that hangs.
const PATIENCE: Duration = Duration::from_secs(120);

macro_rules! cases {
    (($d:tt) $($room:ident: $($case:ident)*;)*) => {
        /// The names of all cases.
        pub const CASES: &[&str] = &[$($(stringify!($case),)*)*];

        async fn case<F: SidecarFactory>(factory: &F, name: &str) -> Result<(), Broken> {
            match name {
                $($(stringify!($case) => $room::$case(factory).await,)*)*
                _ => Err(Broken::new(format!("there is no case `{name}`"))),
            }
        }

        /// One `#[test]` for every rule of the contract of a sidecar. Takes an expression that makes
        /// a [`SidecarFactory`]($crate::sidecar::SidecarFactory).
        #[macro_export]
        macro_rules! sidecar_suite {
            ($d factory:expr) => {
                $($(
                    #[test]
                    fn $case() -> Result<(), $crate::sidecar::Broken> {
                        $crate::sidecar::run(&$d factory, stringify!($case))
                    }
                )*)*
            };
        }

        /// The same for a sidecar that may not be there in every run: each `#[test]` hands the name
        /// of its case to a function, which makes the sidecar and [runs]($crate::sidecar::run) it.
        #[macro_export]
        macro_rules! sidecar_cases {
            ($d case:path) => {
                $($(
                    #[test]
                    fn $case() -> Result<(), $crate::sidecar::Broken> {
                        $d case(stringify!($case))
                    }
                )*)*
            };
        }
    };
}

cases! { ($)
    kept:
        what_is_kept_opens
        what_is_not_kept_is_not_there
        keeping_again_changes_nothing
        labels_list_everything_in_order
        hostile_places_and_values_come_back
        many_are_kept_at_once
        nothing_kept_is_lost_by_a_restart
        nothing_of_an_opening_is_printed;
    erased:
        what_is_erased_is_gone
        erasing_again_is_no_error
        what_is_not_erased_still_opens
        no_byte_of_what_is_erased_is_left
        what_is_erased_stays_gone_after_a_restart;
}

/// Runs one case, on one thread and on several.
///
/// # Errors
/// What rule is broken, and how.
pub fn run<F: SidecarFactory>(factory: &F, name: &str) -> Result<(), Broken> {
    for threads in [1, 3] {
        let runtime = match threads {
            1 => Builder::new_current_thread().enable_all().build(),
            _ => Builder::new_multi_thread().worker_threads(threads).enable_all().build(),
        };
        let runtime = runtime.map_err(|error| Broken::new(error.to_string()))?;
        let patient = async { tokio::time::timeout(PATIENCE, case(factory, name)).await };
        runtime
            .block_on(patient)
            .unwrap_or_else(|_| Err(Broken::new("it hangs".to_owned())))
            .map_err(|broken| Broken::new(format!("on {threads} threads: {broken}")))?;
    }
    Ok(())
}
