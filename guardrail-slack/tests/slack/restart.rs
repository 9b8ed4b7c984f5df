//! A process is killed between post and click; the next one finds its message, and the first click works.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use guardrail_core::audit::{AuditLog, FileLog};
use guardrail_core::gate::{Error, Guardrail};
use guardrail_core::model::{Intent, Sequence};
use guardrail_core::policy::PolicySet;
use guardrail_slack::{Config, SlackApprover};
use guardrail_test_slack::{Ack, Hand, Road, Slack};

use crate::bed::open;

/// Set: this is the program below, and everything it needs.
const PROGRAM: &str = "GUARDRAIL_TEST_SLACK_PROGRAM";

const POLICY: &str = "[policies.one]\napprovers = [\"person:alice\"]\n";

/// The program: deploys once, with a key, and says so.
#[test]
fn program() {
    let Ok(orders) = std::env::var(PROGRAM) else { return };
    let orders: Vec<&str> = orders.split('|').collect();
    let [log, api, bot, app, channel, link] = orders[..] else { panic!("{orders:?}") };
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
            .policies(PolicySet::parse(format!("[people.alice]\n{link}\n{POLICY}")).unwrap())
            .audit_log(FileLog::open(log).await.unwrap())
            .approver(approver.clone())
            .build()
            .await
            .unwrap();
        let intent = Intent::builder("deploy").policy("one").arg("version", &7).key("once");
        let call = async {
            let permit = guardrail.authorize(intent).await?;
            permit
                .run(async {
                    std::fs::write(Path::new(log).join("deployed"), "7").unwrap();
                    Ok::<_, Error>(())
                })
                .await
        };
        call.await.unwrap();
        approver.idle().await;
    });
}

fn start(slack: &Slack, log: &Path) -> Child {
    let orders = [
        &*log.to_string_lossy(),
        slack.api_url(),
        slack.bot_token(),
        slack.app_token(),
        slack.channel(),
        &slack.link("alice"),
    ];
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "restart::program", "--nocapture"])
        .env(PROGRAM, orders.join("|"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until the log in this folder, which another process writes, holds an event of this name. Killed before, the
/// message would be one that nobody knows of, and its buttons would count for nothing.
async fn on_record(folder: &Path, event: &str) {
    let event = format!("\"event\":{{\"name\":\"{event}\"");
    let holds = || {
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let mut logs = files.filter(|path| path.extension().is_some_and(|it| it == "jsonl"));
        logs.any(|path| std::fs::read_to_string(path).unwrap().contains(&event))
    };
    for _ in 0..6_000 {
        if holds() {
            return;
        }
        // A sleep: nothing of this process hears of what another one writes.
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("no {event} within a minute");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_post_and_click_the_first_click_after_the_restart_works() {
    let slack = Slack::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut first = start(&slack, folder.path());
    let before = slack.until("a message with buttons", open).await;
    slack.connected(1).await;
    on_record(folder.path(), "posted").await;
    first.kill().unwrap();
    first.wait().unwrap();
    slack.connected(0).await;
    assert!(!folder.path().join("deployed").exists());

    let mut second = start(&slack, folder.path());
    slack.connected(1).await;
    let hand = Hand::of(&slack, "alice", Road::Socket);
    // Whatever the new process does to the message: the buttons of before it was killed are the ones that are there.
    let now = slack.look(|state| state.now(&before).cloned()).unwrap();
    assert_eq!(hand.click(&now, "Approve").await, Ack::Taken(None));
    let deployed = |state: &guardrail_test_slack::State| {
        state
            .replies(&before)
            .any(|reply| crate::bed::said(&reply.blocks).contains("Completed"))
            .then_some(())
    };
    slack.until("the outcome in the thread", deployed).await;
    assert!(second.wait().unwrap().success());
    assert!(folder.path().join("deployed").exists());
    assert_eq!(slack.look(|state| state.posts().count()), 1, "the same message");
    assert_eq!(hand.told(), [""; 0]);

    let log = FileLog::open(folder.path()).await.unwrap();
    let records = log.read(Sequence::START, 1_000).await.unwrap();
    let count = |name: &str| records.iter().filter(|record| record.event().name() == name).count();
    assert_eq!((count("voted"), count("started"), count("completed")), (1, 1, 1));
}
