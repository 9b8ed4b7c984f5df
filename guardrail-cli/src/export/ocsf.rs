//! The log as OCSF 1.8.0 events of the class API Activity (6003).
//!
//! Attributes and their meaning: <https://schema.ocsf.io/1.8.0/classes/api_activity>.

use guardrail_core::audit::AuditRecord;
use guardrail_core::model::{AuditEvent, RequestId, Risk, State};
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::export::about::{About, account, channel, person, text};
use crate::out::ascii;

/// The activity is none of create, read, update, delete: its name says which.
const OTHER: u32 = 99;

/// One event, with its line feed.
pub(crate) fn event(record: &AuditRecord, about: &About) -> Result<Vec<u8>, Error> {
    let event = record.event();
    let (severity_id, severity) = severity(about.risk);
    let (status_id, status) = status(event, about.state);
    let mut all = json!({
        "category_uid": 6,
        "category_name": "Application Activity",
        "class_uid": 6003,
        "class_name": "API Activity",
        "activity_id": OTHER,
        "activity_name": event.name(),
        "type_uid": 600_300 + OTHER,
        "type_name": "API Activity: Other",
        "time": record.time().as_micros().div_euclid(1000),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "metadata": {
            "version": "1.8.0",
            "product": {
                "name": "guardrail",
                "vendor_name": "guardrail",
                "version": env!("CARGO_PKG_VERSION"),
            },
            "uid": record.leaf().to_string(),
            "sequence": record.sequence().get(),
            "log_name": record.log().to_string(),
            "event_code": event.name(),
        },
        "actor": actor(event, about),
        "api": api(record, about),
        "src_endpoint": { "name": about.host.as_deref().unwrap_or("unknown") },
        "raw_data": record.line(),
        "unmapped": unmapped(record, about),
    });
    if let Some(all) = all.as_object_mut() {
        if record.id() != RequestId::LOG {
            set(all, "metadata", "correlation_uid", record.id().to_string());
        }
        if let Some(text) = text(event) {
            all.insert("status_detail".into(), text.into());
        }
        if let Some(resource) = &about.resource {
            all.insert("resources".into(), json!([{ "name": &**resource }]));
        }
    }
    Ok((ascii(&all.to_string()) + "\n").into_bytes())
}

/// Who acts: a person who votes or speaks, else the agent and whom it acts for, else the log's writer.
fn actor(event: &AuditEvent, about: &About) -> Value {
    let mut actor = Map::new();
    let agent = about.agent.as_deref().unwrap_or("guardrail");
    actor.insert("app_name".into(), agent.into());
    let person = person(event).or(about.on_behalf_of.as_deref());
    if let Some(person) = person {
        actor.insert("user".into(), json!({ "name": person }));
    }
    if let Some(session) = &about.session {
        actor.insert("session".into(), json!({ "uid": &**session }));
    }
    actor.into()
}

fn api(record: &AuditRecord, about: &About) -> Value {
    let mut api = Map::new();
    let operation = about.action.as_deref().unwrap_or_else(|| record.event().name());
    api.insert("operation".into(), operation.into());
    if record.id() != RequestId::LOG {
        api.insert("request".into(), json!({ "uid": record.id().to_string() }));
    }
    if let Some(environment) = &about.environment {
        api.insert("service".into(), json!({ "name": &**environment }));
    }
    if let Some(policy) = &about.policy {
        api.insert("group".into(), json!({ "name": &**policy, "type": "policy" }));
    }
    api.into()
}

fn unmapped(record: &AuditRecord, about: &About) -> Value {
    json!({
        "version": record.version().get(),
        "prev": record.prev().to_string(),
        "leaf": record.leaf().to_string(),
        "digest": about.digest.map(|digest| digest.to_string()),
        "state": about.state.map(|state| state.to_string()),
        "channel": channel(record.event()),
        "account": account(record.event()),
    })
}

/// What the policy says of the risk; informational where nobody was to be asked.
fn severity(risk: Option<Risk>) -> (u32, &'static str) {
    match risk {
        None => (1, "Informational"),
        Some(Risk::Low) => (2, "Low"),
        Some(Risk::Medium) => (3, "Medium"),
        Some(Risk::High) => (4, "High"),
        Some(Risk::Critical) => (5, "Critical"),
    }
}

/// Whether what this event tells went well.
fn status(event: &AuditEvent, state: Option<State>) -> (u32, &'static str) {
    match (event, state) {
        (AuditEvent::VoteRefused { .. } | AuditEvent::ApproverLeft { .. }, _) => (2, "Failure"),
        (AuditEvent::Unknown { .. } | AuditEvent::Other { .. }, _) => (0, "Unknown"),
        (_, Some(State::Refused | State::Denied | State::Expired | State::Withdrawn))
        | (_, Some(State::Lapsed | State::Failed | State::Aborted)) => (2, "Failure"),
        _ => (1, "Success"),
    }
}

fn set(all: &mut Map<String, Value>, object: &str, key: &str, value: String) {
    if let Some(Value::Object(object)) = all.get_mut(object) {
        object.insert(key.into(), value.into());
    }
}
