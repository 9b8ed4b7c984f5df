//! Payloads as Slack sends them are read; whatever differs is refused.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod payload;

use guardrail_core::model::{Digest, Nonce, RequestId};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Choice, DecodeError, Form, Heard, decode_any, read};
use crate::delivery::{DELIVERY_LIMIT, Kind};
use crate::token::{Carried, Page, Token};
use payload::{click, said, submitted};

fn token() -> Token {
    Token {
        request: RequestId::parse("01996b2c-4e10-7abc-8def-0123456789ab").unwrap(),
        digest: Digest::of(b"intent"),
        nonce: Nonce::parse("000102030405060708090a0b0c0d0e0f").unwrap(),
    }
}

fn hear(kind: Kind, payload: &Value) -> Result<Heard, DecodeError> {
    read(kind, payload.to_string().as_bytes())
}

#[test]
fn a_click_says_who_where_and_what_about() {
    let Ok(Heard::Click(heard)) = hear(Kind::Interaction, &click()) else { unreachable!() };
    assert_eq!(heard.choice, Choice::Approve);
    assert_eq!(heard.token, token());
    assert_eq!((&*heard.account.team, &*heard.account.user), ("T0CORP", "U0BOB"));
    assert_eq!((&*heard.channel, &*heard.message), ("C0OPS", "1789982042.000100"));
    assert_eq!((&*heard.origin.app, heard.origin.team.as_deref()), ("A0APP", Some("T0CORP")));
    assert_eq!(heard.at, "1789982100.123456");
}

#[test]
fn a_modal_says_what_was_typed() {
    let Ok(Heard::Submitted(heard)) = hear(Kind::Interaction, &submitted()) else { unreachable!() };
    assert_eq!(heard.form, Form::Deny);
    assert_eq!(heard.reason.as_deref(), Some("not today"));
    let mut page = submitted();
    page["view"]["callback_id"] = "guardrail.review".into();
    let carried = Carried { token: token(), page: Page { number: 2, of: 3 } };
    page["view"]["private_metadata"] = carried.expose().into();
    page["view"]["state"]["values"] = json!({});
    // Slack escapes the slash.
    let text = page.to_string().replace("2/3", "2\\/3");
    let Ok(Heard::Submitted(heard)) = read(Kind::Interaction, text.as_bytes()) else {
        unreachable!()
    };
    assert_eq!(heard.form, Form::Page(Page { number: 2, of: 3 }));
    assert_eq!(heard.reason, None);
}

#[test]
fn an_array_is_no_object() {
    for (kind, payload, places) in [
        (Kind::Interaction, click(), &["", "/team", "/user", "/channel", "/message"][..]),
        (Kind::Interaction, submitted(), &["", "/team", "/view/state"][..]),
        (Kind::Event, said(), &[""][..]),
    ] {
        assert!(hear(kind, &payload).is_ok());
        for place in places {
            let mut other = payload.clone();
            let object = other.pointer_mut(place).unwrap();
            // As a derived reader takes it: the values, in the order of its fields.
            let names = ["type", "id", "ts", "team_id", "values"];
            let values = names.iter().filter_map(|name| object.get(*name).cloned());
            let values = match *place {
                "/message" => vec![object["ts"].clone()],
                "/team" | "/channel" => vec![object["id"].clone()],
                _ => values.collect(),
            };
            *object = values.into();
            assert!(hear(kind, &other).is_err(), "{place} of {other}");
        }
    }
}

#[test]
fn a_blank_reason_is_none() {
    let mut blank = submitted();
    blank["view"]["state"]["values"]["guardrail.reason"]["guardrail.reason"]["value"] =
        " \n".into();
    let Ok(Heard::Submitted(heard)) = hear(Kind::Interaction, &blank) else { unreachable!() };
    assert_eq!(heard.reason, None);
}

#[test]
fn a_message_in_a_thread_is_heard_as_it_was_written() {
    let Ok(Heard::Said(heard)) = hear(Kind::Event, &said()) else { unreachable!() };
    assert_eq!(heard.text, "is <plan> & &lt; ok?");
    assert_eq!(heard.thread, "1789982042.000100");
    assert_eq!(heard.account.user, "U0BOB");
}

#[test]
fn a_message_sent_to_the_channel_as_well_is_still_of_the_thread() {
    let mut other = said();
    other["event"]["subtype"] = json!("thread_broadcast");
    assert!(matches!(hear(Kind::Event, &other), Ok(Heard::Said(_))));
}

#[test]
fn messages_of_bots_edits_and_those_outside_threads_are_nothing() {
    for (key, value) in [("bot_id", json!("B1")), ("subtype", json!("message_changed"))] {
        let mut other = said();
        other["event"][key] = value;
        assert_eq!(hear(Kind::Event, &other), Ok(Heard::Nothing));
    }
    let mut other = said();
    other["event"].as_object_mut().unwrap().remove("thread_ts");
    assert_eq!(hear(Kind::Event, &other), Ok(Heard::Nothing));
}

#[test]
fn a_writer_from_elsewhere_is_of_elsewhere() {
    let mut stranger = said();
    stranger["event"]["user_team"] = "T0OTHER".into();
    let Ok(Heard::Said(heard)) = hear(Kind::Event, &stranger) else { unreachable!() };
    assert_eq!(heard.account.team, "T0OTHER");
}

/// Each way, replaced by each value or removed, makes a payload nobody reads.
#[test]
fn what_differs_is_refused() {
    let ways = [
        (
            Kind::Interaction,
            click(),
            &[
                "/type",
                "/api_app_id",
                "/user",
                "/user/id",
                "/trigger_id",
                "/container",
                "/container/type",
                "/container/channel_id",
                "/container/message_ts",
                "/channel",
                "/channel/id",
                "/actions",
                "/actions/0",
                "/actions/0/type",
                "/actions/0/action_id",
                "/actions/0/value",
                "/actions/0/action_ts",
                "/message/ts",
            ][..],
        ),
        (
            Kind::Interaction,
            submitted(),
            &[
                "/type",
                "/api_app_id",
                "/user/id",
                "/trigger_id",
                "/view",
                "/view/type",
                "/view/id",
                "/view/callback_id",
                "/view/private_metadata",
                "/view/state",
                "/view/state/values",
                "/view/state/values/guardrail.reason/guardrail.reason/type",
            ][..],
        ),
        (
            Kind::Event,
            said(),
            &[
                "/type",
                "/api_app_id",
                "/team_id",
                "/event_id",
                "/event",
                "/event/type",
                "/event/channel",
                "/event/user",
                "/event/text",
            ][..],
        ),
    ];
    for (kind, payload, ways) in ways {
        assert!(hear(kind, &payload).is_ok());
        for way in ways {
            for value in [json!(null), json!(1), json!(true), json!([]), json!({"a": 1})] {
                let mut other = payload.clone();
                *other.pointer_mut(way).unwrap() = value;
                if *way == "/view/state/values"
                    && other["view"]["state"]["values"] == json!({"a": 1})
                {
                    continue;
                }
                assert!(hear(kind, &other).is_err(), "{way}: {other}");
            }
            if way.ends_with("text") {
                continue;
            }
            for text in ["", "x", "<@U1>", "\u{202e}", "C0EVIL"] {
                let mut other = payload.clone();
                let place = other.pointer_mut(way).unwrap();
                let channel = way.ends_with("/event/channel") && text == "C0EVIL";
                let opaque = way.ends_with("trigger_id") || way.ends_with("event_id");
                if !place.is_string() || channel || (opaque && text.is_ascii() && !text.is_empty())
                {
                    continue;
                }
                *place = text.into();
                assert!(hear(kind, &other).is_err(), "{way} = {text}");
            }
        }
    }
}

#[test]
fn what_slack_says_twice_must_agree() {
    for way in ["/channel/id", "/message/ts"] {
        let mut other = click();
        *other.pointer_mut(way).unwrap() =
            if way == "/channel/id" { json!("C0ELSE") } else { json!("1.2") };
        assert_eq!(hear(Kind::Interaction, &other), Err(DecodeError::Shape("the place")));
    }
    let mut other = submitted();
    other["view"]["app_id"] = "A0OTHER".into();
    assert!(hear(Kind::Interaction, &other).is_err());
    // A key that is there twice says two things.
    let text = click().to_string();
    let twice = text.replacen("\"api_app_id\":", "\"api_app_id\":\"A0APP\",\"api_app_id\":", 1);
    assert!(read(Kind::Interaction, text.as_bytes()).is_ok());
    assert!(read(Kind::Interaction, twice.as_bytes()).is_err());
}

#[test]
fn two_actions_are_none() {
    let mut other = click();
    let action = other["actions"][0].clone();
    other["actions"].as_array_mut().unwrap().push(action);
    assert!(hear(Kind::Interaction, &other).is_err());
}

#[test]
fn an_input_that_is_not_ours_is_refused() {
    let mut other = submitted();
    other["view"]["state"]["values"]["more"] = json!({});
    assert!(hear(Kind::Interaction, &other).is_err());
    let mut long = submitted();
    long["view"]["state"]["values"]["guardrail.reason"]["guardrail.reason"]["value"] =
        "x".repeat(3_001).into();
    assert!(hear(Kind::Interaction, &long).is_err());
}

#[test]
fn an_event_is_no_interaction() {
    assert!(hear(Kind::Event, &click()).is_err());
    assert!(hear(Kind::Interaction, &said()).is_err());
    let long = vec![b' '; DELIVERY_LIMIT + 1];
    assert_eq!(read(Kind::Event, &long), Err(DecodeError::TooLong));
}

#[test]
fn an_organisation_may_stand_for_a_team() {
    let mut org = click();
    org["team"] = json!(null);
    org["enterprise"] = json!({"id": "E0ORG", "name": "Org"});
    org["is_enterprise_install"] = json!(true);
    let Ok(Heard::Click(heard)) = hear(Kind::Interaction, &org) else { unreachable!() };
    assert_eq!(heard.origin.team, None);
    assert_eq!(heard.origin.enterprise.as_deref(), Some("E0ORG"));
    org["user"].as_object_mut().unwrap().remove("team_id");
    assert!(hear(Kind::Interaction, &org).is_err(), "of no team at all");
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _read = decode_any(&bytes);
    }

    #[test]
    fn a_flipped_byte_panics_nowhere(at in 0usize..3_000, bit in 0u8..8) {
        for payload in [click(), submitted(), said()] {
            let mut bytes = payload.to_string().into_bytes();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            let _read = decode_any(&bytes);
        }
    }
}
