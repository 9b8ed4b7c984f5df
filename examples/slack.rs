//! Teaches how a team approves where it talks: the release job of `release_agent`, asked in Slack.
//!
//! Against your workspace, with the app of `docs/slack.md` in the channel:
//!
//! ```text
//! SLACK_BOT_TOKEN=xoxb-.. SLACK_APP_TOKEN=xapp-.. \
//!     cargo run --features slack --example slack -- '#approvals' you@example.com
//! ```
//!
//! With neither variable it runs offline, before the emulator that `cargo xtask counterparts` installs or, without
//! that, before a Slack in memory: somebody called alice reads each request there and approves it.

#![expect(clippy::print_stdout, reason = "an example talks to whoever runs it")]

#[path = "release_agent/agent.rs"]
mod agent;
#[path = "release_agent/repository.rs"]
mod repository;
#[path = "release_agent/tools.rs"]
mod tools;

use std::env::VarError;
use std::error::Error;
use std::path::Path;

use guardrail::slack::Config;
use guardrail::view::{Entry, conversation};
use guardrail::{Context, FileLog, Guardrail, PolicySet, Sequence, SlackApprover, audit};
use guardrail_test_counterparts::Counterparts;
use guardrail_test_slack::{Deed, Hand, Person, Road, Slack};

use repository::Repository;

/// A Slack to ask in, who reviews there, and whoever clicks by themselves.
struct Desk {
    config: Config,
    /// The line of `guardrail.toml` that links the reviewer.
    reviewer: String,
    person: Option<Person>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let desk = match (token("SLACK_BOT_TOKEN")?, token("SLACK_APP_TOKEN")?) {
        (Some(bot), Some(app)) => in_a_workspace(bot, app)?,
        (None, None) => offline().await?,
        (None, _) => return Err("SLACK_APP_TOKEN is set and SLACK_BOT_TOKEN is not".into()),
        (_, None) => return Err("SLACK_BOT_TOKEN is set and SLACK_APP_TOKEN is not".into()),
    };
    let folder = tempfile::tempdir()?;
    let repository = Repository::open(folder.path(), None).await?;
    let policies = include_str!("release_agent/guardrail.toml")
        .replace("[people.reviewer]\n", &format!("[people.reviewer]\n{}\n", desk.reviewer));

    let approver = SlackApprover::new(desk.config)?;
    let guardrail = Guardrail::builder()
        .agent("release-agent")
        .policies(PolicySet::parse(policies)?)
        .audit_log(FileLog::open(folder.path().join("audit")).await?)
        .approver(approver.clone())
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
    // The thread hears how it ended.
    approver.idle().await;

    if let Some(person) = &desk.person {
        println!("\nWhat {} read in Slack:\n\n{}", person.name(), person.saw());
    }
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

/// A token of the environment; `None` where it is not set.
fn token(name: &str) -> Result<Option<String>, Box<dyn Error>> {
    match std::env::var(name) {
        Ok(token) => Ok(Some(token)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("{name} is no text").into()),
    }
}

/// Your workspace: the channel and your email address come as arguments.
fn in_a_workspace(bot: String, app: String) -> Result<Desk, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(channel), Some(email)) = (arguments.next(), arguments.next()) else {
        return Err(
            "give a channel and the email address of who reviews: '#approvals' you@example.com"
                .into(),
        );
    };
    // A confirmed address leads from the account in Slack to the person of the directory.
    let config =
        Config::builder(bot, channel.as_str()).app_token(app).link_by_email(true).build()?;
    println!("Look at {channel} in Slack; you have five minutes for each request.\n");
    Ok(Desk { config, reviewer: format!("email = {email:?}"), person: None })
}

/// The emulator where it is installed, else a Slack in memory; alice approves whatever she is shown.
async fn offline() -> Result<Desk, Box<dyn Error>> {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/counterparts");
    let slack = if installed.join("npm.stamp").exists() {
        println!("Asking before the emulator; alice clicks by herself.\n");
        Slack::emulated(&Counterparts::at(installed)).await
    } else {
        println!(
            "Asking in memory; alice clicks by herself. (cargo xtask counterparts installs an emulator.)\n"
        );
        Slack::start().await
    };
    let config = Config::builder(slack.bot_token().to_owned(), slack.channel())
        .api_url(slack.api_url())
        .app_token(slack.app_token().to_owned())
        .build()?;
    let hand = Hand::of(&slack, "alice", Road::Socket);
    let person = Person::sit(&slack, "reviewer", hand, Deed::Approve);
    Ok(Desk { config, reviewer: slack.link("alice"), person: Some(person) })
}
