//! The contract of an audit log, rule by rule. Every case opens with its rule.
//!
//! [`audit_log_suite!`](crate::audit_log_suite) makes one `#[test]` of each case; [`run`] runs one
//! by name. Each runs twice: on a runtime of one thread, and on one of several.

mod appends;
mod arrows;
mod bed;
mod dropped;
mod order;
mod restart;
mod sealed;
mod time;
mod unfinished;
mod waits;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use guardrail_core::audit::AuditLog;
use tokio::runtime::Builder;

use bed::Bed;
pub use bed::Broken;

use crate::clock::ManualClock;

/// Makes the logs under test.
#[async_trait]
pub trait AuditLogFactory: Send + Sync {
    /// The kind of log.
    type Log: AuditLog;

    /// A new log on this clock, which holds no request.
    async fn fresh(&self, clock: Arc<ManualClock>) -> Self::Log;

    /// The same log closed and opened anew, as after a restart; `None` for one that is gone with
    /// its process.
    async fn reopen(&self, log: Self::Log, clock: Arc<ManualClock>) -> Option<Self::Log> {
        let _ = (log, clock);
        None
    }
}

/// No case takes as long as this; one that does is one that hangs.
const PATIENCE: Duration = Duration::from_secs(120);

macro_rules! cases {
    (($d:tt) $($room:ident: $($case:ident)*;)*) => {
        /// The names of all cases.
        pub const CASES: &[&str] = &[$($(stringify!($case),)*)*];

        async fn case<F: AuditLogFactory>(factory: &F, name: &str) -> Result<(), Broken> {
            let bed = Bed::new(factory).await;
            match name {
                $($(stringify!($case) => $room::$case(bed).await,)*)*
                _ => Err(Broken::new(format!("there is no case `{name}`"))),
            }
        }

        /// One `#[test]` for every rule of the contract of an audit log. Takes an expression that
        /// makes an [`AuditLogFactory`]($crate::audit_log::AuditLogFactory).
        #[macro_export]
        macro_rules! audit_log_suite {
            ($d factory:expr) => {
                $($(
                    #[test]
                    fn $case() -> Result<(), $crate::audit_log::Broken> {
                        $crate::audit_log::run(&$d factory, stringify!($case))
                    }
                )*)*
            };
        }

        /// The same for a log that may not be there in every run: each `#[test]` hands the name of
        /// its case to a function, which makes the log and [runs]($crate::audit_log::run) it.
        #[macro_export]
        macro_rules! audit_log_cases {
            ($d case:path) => {
                $($(
                    #[test]
                    fn $case() -> Result<(), $crate::audit_log::Broken> {
                        $d case(stringify!($case))
                    }
                )*)*
            };
        }
    };
}

cases! { ($)
    appends:
        a_stale_version_conflicts
        one_of_many_rivals_wins
        an_append_is_all_or_nothing
        an_append_adds_an_event
        a_lost_append_fails_alone
        large_records_come_back;
    arrows:
        only_legal_arrows_are_taken
        the_logs_own_stream_takes_only_its_own
        an_unknown_event_is_not_written;
    order:
        the_sequence_has_no_gap
        what_was_read_once_never_changes
        pages_make_up_the_whole
        a_stream_is_its_part_of_the_log
        what_was_appended_is_what_is_read;
    time:
        late_from_the_deadline_on
        a_conflict_is_told_before_lateness
        now_never_goes_back
        records_carry_the_time_of_their_append;
    waits:
        a_stream_that_has_moved_is_told_at_once
        a_stream_that_moves_wakes_everybody
        a_log_that_grows_wakes_everybody
        a_wait_can_be_dropped
        no_move_is_missed;
    unfinished:
        open_lists_the_unfinished_oldest_first
        open_goes_on_behind_what_was_closed
        what_this_writer_started_is_no_orphan;
    sealed:
        lines_verify_and_are_printable
        a_line_says_all_of_its_record
        writers_introduce_themselves;
    dropped:
        a_dropped_append_happened_or_not;
    restart:
        nothing_is_lost_by_a_restart
        versions_go_on_after_a_restart
        the_clock_goes_on_after_a_restart
        what_a_former_writer_started_is_orphaned
        what_a_former_writer_looked_after_is_unattended;
}

/// Runs one case, on one thread and on several.
///
/// # Errors
/// What rule is broken, and how.
pub fn run<F: AuditLogFactory>(factory: &F, name: &str) -> Result<(), Broken> {
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
