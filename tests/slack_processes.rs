//! Two processes on one Slack app and one log: a click counts whichever of them hears it, and the body runs once.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot set itself up should fail"
)]

use std::path::Path;
use std::process::{Child, Command, Stdio};

use guardrail::slack::Config;
use guardrail::{
    AuditLog as _, Error, Guardrail, Intent, PolicySet, Sequence, SlackApprover, SqliteLog,
};
use guardrail_test_slack::{Ack, Hand, Message, Road, Slack, State, buttons, read};
use serde_json::Value;

/// Set: this is one of the two, and everything it needs.
const PROGRAM: &str = "GUARDRAIL_TEST_SLACK_PROGRAM";

const POLICY: &str =
    "[policies.two]\napprovers = [\"person:alice\", \"person:bob\"]\napprovals = 2\n";

/// The program: it asks, or it only hears.
#[test]
fn program() {
    let Ok(orders) = std::env::var(PROGRAM) else { return };
    let orders: Vec<&str> = orders.split('|').collect();
    let [role, folder, api, bot, app, channel, people] = *orders else { panic!("{orders:?}") };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let config = Config::builder(bot.to_owned(), channel)
            .api_url(api)
            .app_token(app.to_owned())
            .build()
            .unwrap();
        let approver = SlackApprover::new(config).unwrap();
        let guardrail = Guardrail::builder()
            .agent("deploy-bot")
            .policies(PolicySet::parse(format!("{people}{POLICY}")).unwrap())
            .audit_log(SqliteLog::open(Path::new(folder).join("audit.db")).await.unwrap())
            .approver(approver.clone())
            .build()
            .await
            .unwrap();
        if role == "hear" {
            std::future::pending::<()>().await;
        }
        let intent = Intent::builder("deploy").policy("two").arg("version", &7);
        let permit = guardrail.authorize(intent).await.unwrap();
        permit.run(async { Ok::<_, Error>(()) }).await.unwrap();
        approver.idle().await;
    });
}

/// One of the two, killed with the test.
struct Process(Child);

impl Process {
    fn start(role: &str, slack: &Slack, folder: &Path) -> Self {
        let people =
            ["alice", "bob"].map(|name| format!("[people.{name}]\n{}\n", slack.link(name)));
        let folder = folder.to_string_lossy();
        let people = people.concat();
        let orders = [
            role,
            &*folder,
            slack.api_url(),
            slack.bot_token(),
            slack.app_token(),
            slack.channel(),
            &people,
        ];
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "program", "--nocapture"])
            .env(PROGRAM, orders.join("|"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing left to do.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_hear_one_app_and_the_body_runs_once() {
    let slack = Slack::start().await;
    let folder = tempfile::tempdir().unwrap();
    let _hears = Process::start("hear", &slack, folder.path());
    slack.connected(1).await;
    let mut asks = Process::start("ask", &slack, folder.path());
    slack.connected(2).await;
    let open = |state: &State| {
        let open = |one: &&Message| !buttons(&Value::Array(one.blocks.clone())).is_empty();
        state.posts().find(open).cloned()
    };
    let first = slack.until("a message with buttons", open).await;
    // Slack delivers to the open sockets in turns: one of these clicks to the process that asks, one to the other.
    let hand = |name: &str| Hand::of(&slack, name, Road::Socket);
    assert_eq!(hand("alice").click(&first, "Approve").await, Ack::Taken(None));
    let second = slack
        .until("the next version", |state| {
            state.now(&first).filter(|now| now.updates > first.updates).cloned()
        })
        .await;
    assert_eq!(hand("bob").click(&second, "Approve").await, Ack::Taken(None));
    let completed = |state: &State| {
        state.replies(&first).any(|one| read(&one.blocks).contains("Completed")).then_some(())
    };
    slack.until("the outcome in the thread", completed).await;
    assert!(asks.0.wait().unwrap().success());

    let log = SqliteLog::open(folder.path().join("audit.db")).await.unwrap();
    let records = log.read(Sequence::START, 1_000).await.unwrap();
    let count = |name: &str| records.iter().filter(|record| record.event().name() == name).count();
    assert_eq!((count("voted"), count("started"), count("completed")), (2, 1, 1));
    assert_eq!(slack.look(|state| state.posts().count()), 1, "one message");
}
