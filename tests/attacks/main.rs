//! The corpus of attacks, run end to end: every entry that today's parts can meet is met, every
//! other is listed with the capability it waits for, and one that nobody can place is a failure.
//!
//! `GUARDRAIL_ATTACKS` names the folder to read; without it, the project's own copy is read.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

mod claim;
mod corpus;
mod cut;
mod decode;
mod dos;
mod heard;
mod identity;
mod json;
mod meter;
mod names;
mod payload;
mod place;
mod policy_file;
mod record;
mod scenario;
mod secret;
mod self_test;
mod shown;
mod slack;
mod summary;
mod toml;
mod trial;
mod words;

use std::panic::AssertUnwindSafe;
use std::path::Path;

use corpus::{Entry, Misplaced};
use place::Run;
use summary::Summary;
use trial::Check;

/// Meets one entry; a panic is a failure like others.
fn meet(entry: &Entry, run: Run) -> Check {
    let met = std::panic::catch_unwind(AssertUnwindSafe(|| {
        if run == Run::SlackCallback {
            return network(slack::callback::run(entry));
        }
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build();
        runtime.map_err(|error| error.to_string())?.block_on(async {
            match run {
                Run::Shown => shown::run(entry).await,
                Run::Secret => secret::run(entry).await,
                Run::Action => names::action(entry).await,
                Run::PolicyName => names::policy(entry).await,
                Run::PolicyFile => policy_file::run(entry).await,
                Run::RequestId => names::request_id(entry).await,
                Run::Json => json::run(entry).await,
                Run::Identity => identity::run(entry).await,
                Run::Scenario => scenario::run(entry).await,
                Run::Dos => dos::run(entry),
                Run::SlackCallback => Ok(()),
            }
        })?;
        if matches!(run, Run::Shown | Run::Action) && slack::shows(entry) {
            network(slack::shown::run(entry)).map_err(|why| format!("in Slack: {why}"))?;
        }
        if run == Run::Secret {
            network(slack::shown::secret(entry)).map_err(|why| format!("in Slack: {why}"))?;
        }
        Ok(())
    }));
    met.unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!("it panicked: {}", words.unwrap_or("nobody knows why")))
    })
}

/// Waits for something that talks to servers, in real time.
fn network(check: impl Future<Output = Check>) -> Check {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| error.to_string())?.block_on(check)
}

/// Places and meets all of them.
fn meet_all(entries: Vec<Result<Entry, Misplaced>>) -> Summary {
    let mut summary = Summary::default();
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(misplaced) => {
                summary.failures.push(misplaced);
                continue;
            }
        };
        match place::place(&entry) {
            Err(why) => summary.failed(entry.class, &entry.id, why),
            Ok(place) => match place.run {
                None => summary.waits(entry.class, &entry.id, &place.waits),
                Some(run) => match meet(&entry, run) {
                    Ok(()) => summary.ran(entry.class, &entry.id, &place.waits),
                    Err(why) => {
                        summary.failed(entry.class, &entry.id, format!("{why} ({})", entry.note))
                    }
                },
            },
        }
    }
    summary
}

#[test]
fn the_attacks_of_the_folder_are_met() {
    let summary = meet_all(corpus::read(&corpus::folder()));
    summary.print();
    assert!(summary.failures.is_empty(), "{} entries failed", summary.failures.len());
}

#[test]
fn a_process_of_its_own_meets_one_attack() {
    let Ok(file) = std::env::var(dos::ALONE) else {
        // Nobody has sent one; the runner does.
        return;
    };
    let entry = Entry::parse("alone", &std::fs::read_to_string(&file).unwrap()).unwrap();
    match entry.class {
        words::Class::Scenario => scenario::alone(&entry, Path::new(&file)),
        _ => dos::alone(entry),
    }
}
