//! Messages and views: post, update, tell one person, open a modal.

use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::client::Client;
use crate::client::error::Error;
use crate::client::transport::Body;

/// How long a modal may take to open; a little less than the trigger lives.
const TRIGGER_LIFE: Duration = Duration::from_millis(2700);

/// A message to post.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    /// A channel, or what [`Client::conversations_open`] gave.
    pub(crate) channel: String,
    /// The message whose thread this one joins.
    pub(crate) thread: Option<String>,
    /// What a notification says and a client without blocks shows. Never empty.
    pub(crate) text: String,
    /// At most 50.
    pub(crate) blocks: Vec<Value>,
}

/// Where a message stands: the channel's id, not its name, and the time that names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
pub(crate) struct Sent {
    pub(crate) channel: String,
    pub(crate) ts: String,
}

/// An answer of which only that it is good matters.
#[derive(Deserialize)]
struct Good {
    #[serde(rename = "ok")]
    _ok: IgnoredAny,
}

impl Client {
    /// `chat.postMessage`. Waits for the channel's turn: Slack takes about one a second.
    ///
    /// A try whose answer is lost may have posted: a retry then posts a second message.
    pub(crate) async fn post_message(&self, post: &Post) -> Result<Sent, Error> {
        let mut body = message(&post.text, &post.blocks);
        put(&mut body, "channel", json!(post.channel));
        if let Some(thread) = &post.thread {
            put(&mut body, "thread_ts", json!(thread));
        }
        const METHOD: &str = "chat.postMessage";
        let turn = self.0.pace.turn(&post.channel).await;
        turn.map_err(|after| Error::RateLimited { method: METHOD, after })?;
        let sent: Sent = self.call(METHOD, Body::Json(body)).await?;
        self.0.pace.is_one(&post.channel, &sent.channel);
        Ok(sent)
    }

    /// `chat.update`: the message at this place says something else from now on. Waits its turn.
    pub(crate) async fn update(
        &self,
        at: &Sent,
        text: &str,
        blocks: &[Value],
    ) -> Result<(), Error> {
        let mut body = message(text, blocks);
        put(&mut body, "channel", json!(at.channel));
        put(&mut body, "ts", json!(at.ts));
        const METHOD: &str = "chat.update";
        let turn = self.0.pace.change().await;
        turn.map_err(|after| Error::RateLimited { method: METHOD, after })?;
        let Good { .. } = self.call(METHOD, Body::Json(body)).await?;
        Ok(())
    }

    /// `chat.postEphemeral`: only this person sees it, and only while they look. Plain text:
    /// markup in it is shown, not followed.
    pub(crate) async fn post_ephemeral(
        &self,
        channel: &str,
        user: &str,
        thread: Option<&str>,
        text: &str,
    ) -> Result<(), Error> {
        let mut body = message(text, &[plain(text)]);
        put(&mut body, "channel", json!(channel));
        put(&mut body, "user", json!(user));
        if let Some(thread) = thread {
            put(&mut body, "thread_ts", json!(thread));
        }
        let Good { .. } = self.call("chat.postEphemeral", Body::Json(body)).await?;
        Ok(())
    }

    /// `conversations.open` and `chat.postMessage`: a direct message, in plain text as well.
    pub(crate) async fn post_direct(&self, user: &str, text: &str) -> Result<(), Error> {
        let channel = self.conversations_open(user).await?;
        let blocks = vec![plain(text)];
        self.post_message(&Post { channel, thread: None, text: text.to_owned(), blocks }).await?;
        Ok(())
    }

    /// `views.open`. A trigger id lives three seconds, so this call is tried no longer.
    pub(crate) async fn views_open(&self, trigger_id: &str, view: &Value) -> Result<(), Error> {
        let body = json!({ "trigger_id": trigger_id, "view": view });
        let body = Body::Json(body);
        let Good { .. } = self.call_within(TRIGGER_LIFE, "views.open", body).await?;
        Ok(())
    }
}

/// What every message carries. Nothing in it is turned into a link, a name or a preview.
fn message(text: &str, blocks: &[Value]) -> Value {
    json!({
        "text": text,
        "blocks": blocks,
        "mrkdwn": false,
        "parse": "none",
        "link_names": false,
        "unfurl_links": false,
        "unfurl_media": false,
    })
}

/// A block of plain text: the field `text` alone would be read as markup.
fn plain(text: &str) -> Value {
    json!({
        "type": "section",
        "text": { "type": "plain_text", "text": text, "emoji": false }
    })
}

fn put(body: &mut Value, key: &str, value: Value) {
    if let Some(object) = body.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}
