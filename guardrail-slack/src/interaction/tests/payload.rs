//! Payloads in the shape that Slack documents.

use serde_json::{Value, json};

use super::token;
use crate::token::{Carried, Page};

/// Bob presses Approve.
pub(super) fn click() -> Value {
    json!({
        "type": "block_actions",
        "user": {"id": "U0BOB", "username": "bob", "name": "bob", "team_id": "T0CORP"},
        "api_app_id": "A0APP",
        "token": "legacy",
        "container": {
            "type": "message",
            "message_ts": "1789982042.000100",
            "channel_id": "C0OPS",
            "is_ephemeral": false
        },
        "trigger_id": "12466734323.1395872398.aa00",
        "team": {"id": "T0CORP", "domain": "corp"},
        "enterprise": null,
        "is_enterprise_install": false,
        "channel": {"id": "C0OPS", "name": "ops"},
        "message": {"type": "message", "ts": "1789982042.000100", "text": "x", "blocks": []},
        "state": {"values": {}},
        "response_url": "https://hooks.slack.com/actions/T0CORP/1/x",
        "actions": [{
            "action_id": "guardrail.approve",
            "block_id": "guardrail",
            "text": {"type": "plain_text", "text": "Approve", "emoji": false},
            "value": token().expose(),
            "style": "primary",
            "type": "button",
            "action_ts": "1789982100.123456"
        }]
    })
}

/// Bob sends the modal that denies.
pub(super) fn submitted() -> Value {
    json!({
        "type": "view_submission",
        "team": {"id": "T0CORP", "domain": "corp"},
        "user": {"id": "U0BOB", "username": "bob", "name": "bob", "team_id": "T0CORP"},
        "api_app_id": "A0APP",
        "token": "legacy",
        "trigger_id": "12466734323.1395872398.aa01",
        "view": {
            "id": "V0VIEW",
            "team_id": "T0CORP",
            "type": "modal",
            "blocks": [],
            "private_metadata": Carried { token: token(), page: Page::ONLY }.expose(),
            "callback_id": "guardrail.deny",
            "state": {"values": {"guardrail.reason": {"guardrail.reason":
                {"type": "plain_text_input", "value": "not today"}}}},
            "hash": "1789.abc",
            "app_id": "A0APP",
            "bot_id": "B0BOT"
        },
        "response_urls": [],
        "is_enterprise_install": false,
        "enterprise": null
    })
}

/// Bob writes into the thread.
pub(super) fn said() -> Value {
    json!({
        "token": "legacy",
        "team_id": "T0CORP",
        "api_app_id": "A0APP",
        "event": {
            "type": "message",
            "channel": "C0OPS",
            "user": "U0BOB",
            "text": "is &lt;plan&gt; &amp; &amp;lt; ok?",
            "ts": "1789982101.000200",
            "thread_ts": "1789982042.000100",
            "team": "T0CORP",
            "channel_type": "channel",
            "event_ts": "1789982101.000200"
        },
        "type": "event_callback",
        "event_id": "Ev0EVENT",
        "event_time": 1789982101,
        "authorizations": [{"team_id": "T0CORP", "user_id": "U0APP", "is_bot": true}]
    })
}
