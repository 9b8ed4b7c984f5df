//! Teaches the whole path: an agent ships a release, and a person answers for what cannot be undone.
//!
//! `cargo run --example release_agent` makes a bare git repository and a clone of it in a temporary
//! folder, lets a scripted agent loose on them, and asks you at the terminal. `-- --repo PATH` takes
//! a repository of yours instead; `-- --answers approve,deny` answers by script.

#![expect(clippy::print_stdout, reason = "an example talks to whoever runs it")]

mod agent;
mod answers;
mod arguments;
mod repository;
mod tools;

use std::error::Error;

use guardrail::view::{Entry, conversation};
use guardrail::{Context, FileLog, Guardrail, PolicySet, Sequence, TerminalApprover, audit};

use answers::Answers;
use arguments::Arguments;
use repository::Repository;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let folder = tempfile::tempdir()?;
    let repository = Repository::open(folder.path(), arguments.repo.as_deref()).await?;
    let log = FileLog::open(folder.path().join("audit")).await?;

    let policies = PolicySet::parse(include_str!("guardrail.toml"))?;
    let builder = Guardrail::builder().agent("release-agent").policies(policies).audit_log(log);
    let guardrail = match arguments.answers {
        Some(answers) => builder.approver(Answers::new(answers)),
        None => builder.approver(TerminalApprover::new().as_person("reviewer")),
    }
    .environment("demo")
    .build()
    .await?;
    guardrail.install()?;

    Context::new()
        .on_behalf_of("maria")
        .session("release-run")
        .reason("the milestone is done")
        .scope(agent::run(&repository))
        .await?;

    println!("\nWhat happened, as the audit log tells it:\n");
    let records = guardrail.audit_log().read(Sequence::START, 10_000).await?;
    let entries = records.iter().map(|record| Entry {
        time: record.time(),
        id: record.id(),
        event: record.event(),
    });
    print!("{}", conversation(entries));

    let verified = audit::verify(guardrail.audit_log()).await?;
    println!("\nThe log verifies: {} records, root {}.", verified.records, verified.root);
    println!("\nWhat the repository says, {}:\n", repository.origin().display());
    println!("{}", repository.history().await?);
    Ok(())
}
