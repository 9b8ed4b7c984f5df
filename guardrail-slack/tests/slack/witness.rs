//! The heads of a log in a channel.

use std::sync::Arc;
use std::time::Duration;

use guardrail_conformance::events;
use guardrail_core::audit::proof::{FileSigner, SignedCheckpoint, Witness as _, WitnessError};
use guardrail_core::audit::{Append, AuditLog as _, FileLog};
use guardrail_core::clock::{Clock as _, SystemClock, SystemEntropy};
use guardrail_core::model::{RequestId, Version};
use guardrail_slack::{Config, SlackApprover, SlackWitness};
use guardrail_test_slack::{Fault, Slack};

/// The heads of a log behind each of four requests.
async fn heads() -> Vec<Arc<SignedCheckpoint>> {
    let root = tempfile::tempdir().unwrap();
    let signer = FileSigner::open(root.path().join("key")).unwrap();
    let log = FileLog::setup(root.path().join("log")).signer(signer).open().await.unwrap();
    let mut heads = Vec::new();
    for _ in 0..4 {
        let id = RequestId::random(SystemClock::new().now(), &SystemEntropy).unwrap();
        let asked = vec![events::asked().unwrap()];
        log.append(&Append::new(id, Version::START, asked)).await.unwrap();
        log.checkpoint().await.unwrap();
        heads.extend(log.heads().unwrap().latest());
    }
    log.close().await;
    heads
}

/// Publishes one head, and lets so much time go by for it.
async fn publish(
    witness: &Arc<SlackWitness>,
    head: &Arc<SignedCheckpoint>,
    time: Duration,
) -> Result<(), WitnessError> {
    tokio::time::pause();
    let (witness, head) = (Arc::clone(witness), Arc::clone(head));
    let published = tokio::spawn(async move { witness.publish(&head).await });
    tokio::task::yield_now().await;
    tokio::time::advance(time).await;
    tokio::time::resume();
    published.await.unwrap()
}

#[tokio::test]
async fn a_channel_remembers() {
    let (slack, heads) = (Slack::start().await, heads().await);
    let config = Config::builder(slack.bot_token().to_owned(), "#approvals")
        .signing_secret(slack.signing_secret().to_owned())
        .api_url(slack.api_url());
    let approver = SlackApprover::new(config.build().unwrap()).unwrap();
    let witness = Arc::new(approver.witness("#approvals"));
    let shown = || -> Vec<String> {
        slack.look(|state| state.posts().map(|post| post.text.clone()).collect())
    };
    let says = |head: &SignedCheckpoint| {
        let head = head.checkpoint();
        // A notification holds nothing that Slack could take for a link.
        format!(
            "{} holds {} records, root {}.",
            head.origin().replace('/', "\u{b7}"),
            head.size(),
            head.root()
        )
    };
    let soon = Duration::from_secs(10);
    witness.publish(&heads[0]).await.unwrap();
    assert_eq!(shown(), [says(&heads[0])]);
    // The message is changed; the same head is nothing new.
    publish(&witness, &heads[1], soon).await.unwrap();
    witness.publish(&heads[1]).await.unwrap();
    assert_eq!(shown(), [says(&heads[1])]);
    let refused = witness.publish(&heads[0]).await;
    assert!(matches!(refused, Err(WitnessError::Contradicts { .. })), "{refused:?}");
    // An hour later there is another, and the first stays.
    publish(&witness, &heads[2], Duration::from_secs(60 * 60)).await.unwrap();
    assert_eq!(shown(), [says(&heads[1]), says(&heads[2])]);
    // A message that is gone is not shown for kept, and followed by another.
    slack.fault("chat.update", Fault::Code("message_not_found".into()));
    let failed = publish(&witness, &heads[3], soon).await;
    assert!(matches!(failed, Err(WitnessError::Failed(_))), "{failed:?}");
    publish(&witness, &heads[3], soon).await.unwrap();
    assert_eq!(shown(), [says(&heads[1]), says(&heads[2]), says(&heads[3])]);
    assert_eq!(slack.look(|state| state.complaints.clone()), Vec::<String>::new());
}
