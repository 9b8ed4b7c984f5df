//! slack-morphism, which acknowledges what its types could read and its callback took.

use std::sync::Arc;

use guardrail_test_slack::Slack;
use hyper_util::client::legacy::connect::HttpConnector;
use slack_morphism::listener::{SlackClientEventsListenerEnvironment, SlackClientEventsUserState};
use slack_morphism::prelude::*;

type Connector = SlackClientHyperConnector<HttpConnector>;
type Client = Arc<SlackClient<Connector>>;

async fn interaction(
    event: SlackInteractionEvent,
    _client: Client,
    _state: SlackClientEventsUserState,
) -> UserCallbackResult<()> {
    match event {
        SlackInteractionEvent::BlockActions(_) | SlackInteractionEvent::ViewSubmission(_) => Ok(()),
        other => Err(format!("not what was sent: {other:?}").into()),
    }
}

async fn event(
    event: SlackPushEventCallback,
    _client: Client,
    _state: SlackClientEventsUserState,
) -> UserCallbackResult<()> {
    match event.event {
        SlackEventCallbackBody::Message(_) => Ok(()),
        other => Err(format!("not what was sent: {other:?}").into()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slack_morphism_connects_receives_and_acknowledges() {
    let slack = Slack::start().await;
    let connector = Connector::with_connector(HttpConnector::new());
    let client = Arc::new(SlackClient::new(
        connector.with_slack_api_url(slack.api_url().trim_end_matches('/')),
    ));
    let callbacks = SlackSocketModeListenerCallbacks::new()
        .with_interaction_events(interaction)
        .with_push_events(event);
    let listener = SlackClientSocketModeListener::new(
        &SlackClientSocketModeConfig::new()
            .with_max_connections_count(1)
            .with_initial_backoff_in_seconds(0)
            .with_reconnect_timeout_in_seconds(1),
        Arc::new(SlackClientEventsListenerEnvironment::new(client)),
        callbacks,
    );
    let token = SlackApiToken::new(slack.app_token().into());
    listener.listen_for(&token).await.unwrap();
    listener.start().await;
    crate::certified(&slack).await;
    listener.shutdown().await;
}
