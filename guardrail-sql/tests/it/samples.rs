//! Samples for all databases: ids, the legal arrows, and records that break a rule.

use std::collections::BTreeSet;

use guardrail_conformance::events::{of_requests, of_the_log};
use guardrail_core::audit::{Standing, opened};
use guardrail_core::model::{RequestId, State, Version};

/// The n-th id.
pub(crate) fn id(n: u64) -> RequestId {
    RequestId::parse(&format!("00000000-0000-7000-8000-{n:012x}")).unwrap()
}

/// Every legal step, as the model says: event, state before, state behind.
pub(crate) fn arrows() -> BTreeSet<(String, String, String)> {
    let mut arrows = BTreeSet::new();
    for (stream, events) in [(id(1), of_requests().unwrap()), (RequestId::LOG, of_the_log())] {
        for event in events.iter().chain((stream == RequestId::LOG).then_some(&opened())) {
            for was in State::ALL {
                // The log's own stream is new for ever.
                let is_there = stream != RequestId::LOG || was == State::New;
                let standing = Standing::new(Version::START, was);
                if let Some(became) = standing.after(stream, event).filter(|_| is_there) {
                    let (was, became) = (was.to_string(), became.state().to_string());
                    arrows.insert((event.name().to_owned(), was, became));
                }
            }
        }
    }
    arrows
}

const COLUMNS: [&str; 14] = [
    "log", "seq", "id", "ver", "event", "was", "became", "digest", "person", "time", "writer",
    "prev", "leaf", "line",
];

/// A note behind the last record of a log of three: its opening, a request, a vote.
const NOTE: [(&str, &str); 9] = [
    ("seq", "4"),
    ("ver", "3"),
    ("event", "'commented'"),
    ("was", "'pending'"),
    ("became", "'pending'"),
    ("digest", "NULL"),
    ("person", "NULL"),
    ("prev", "leaf"),
    ("line", LINE),
];

/// How its line begins: as that of the record before it, which is the third, and its second of the
/// request.
macro_rules! begins {
    () => {
        r#"replace(replace(substr(line, 1, 160), '"seq":3', '"seq":4'), '"ver":2', '"ver":3')"#
    };
}

/// Its line.
pub(crate) const LINE: &str =
    concat!(begins!(), r#" || '"event":{"name":"commented"},"prev":"' || leaf || '"}'"#);

/// The line of a vote by carl.
const VOTE: &str = concat!(
    begins!(),
    r#" || '"event":{"name":"voted","data":{"person":"carl","digest":"' || digest
        || '"}},"prev":"' || leaf || '"}'"#
);

/// Another time in its line.
const LATER: &str = concat!(
    "replace(",
    begins!(),
    r#", '"time":"2', '"time":"3') || '"event":{"name":"commented"},"prev":"' || leaf || '"}'"#
);

/// Something else comes first, or last, in its line.
const BEFORE: &str = concat!(
    r#"'{"x":1,' || substr("#,
    begins!(),
    r#", 2) || '"event":{"name":"commented"},"prev":"' || leaf || '"}'"#
);
const BEHIND: &str =
    concat!(begins!(), r#" || '"event":{"name":"commented"},"prev":"' || leaf || '","x":1}'"#);

/// A line that says that others follow it in the same append.
const FIRST: &str =
    concat!(begins!(), r#" || '"more":12,"event":{"name":"commented"},"prev":"' || leaf || '"}'"#);

/// And one that says so in other words.
const FIRST_OF_NONE: &str =
    concat!(begins!(), r#" || '"more":"x","event":{"name":"commented"},"prev":"' || leaf || '"}'"#);

/// A note changed like this breaks no rule.
pub(crate) const LEGAL: &[&[(&str, &str)]] = &[
    &[],
    &[("line", FIRST)],
    &[("event", "'voted'"), ("digest", "digest"), ("person", "'carl'"), ("line", VOTE)],
];

/// A note changed like this breaks a rule, and this is said of it.
pub(crate) const FORGERIES: &[(&[(&str, &str)], &str)] = &[
    (&[("seq", "5")], "not the next"),
    (&[("seq", "3")], "not the next"),
    (&[("prev", "prev")], "not the next"),
    (&[("log", "log + 1")], "not the next"),
    (&[("time", "time - 1")], "not the next"),
    (&[("ver", "2")], "not the next event"),
    (&[("ver", "4")], "not the next event"),
    (&[("was", "'started'"), ("became", "'started'")], "not the next event"),
    (&[("id", "'00000000-0000-7000-8000-0000000000ff'")], "not the next event"),
    (&[("became", "'approved'")], "cannot follow"),
    (&[("event", "'started'"), ("digest", "digest"), ("became", "'started'")], "cannot follow"),
    (&[("event", "'nonsense'")], "cannot follow"),
    (&[("event", "'voted'"), ("digest", "digest"), ("person", "person")], "vote"),
    (&[("event", "'voted'"), ("digest", "leaf"), ("person", "'bob'")], "another digest"),
    (&[("event", "'voted'"), ("person", "'bob'")], "digest"),
    (&[("event", "'voted'"), ("digest", "digest")], "person"),
    (&[("person", "'bob'")], "person"),
    (&[("leaf", "'short'")], "leaf"),
    (&[("line", "line")], "says otherwise"),
    (&[("line", "replace(line, 'voted', 'commented')")], "says otherwise"),
    (
        &[("writer", "writer + 1"), ("line", "replace(line, '\"seq\":3', '\"seq\":4')")],
        "says otherwise",
    ),
    (&[("line", LATER)], "says otherwise"),
    (&[("line", BEFORE)], "says otherwise"),
    (&[("line", BEHIND)], "says otherwise"),
    (&[("line", FIRST_OF_NONE)], "says otherwise"),
    (
        &[("event", "'voted'"), ("digest", "digest"), ("person", "'bob'"), ("line", VOTE)],
        "says otherwise",
    ),
    (&[("event", "'escalated'")], "says otherwise"),
    (&[("event", "'voted'"), ("digest", "digest"), ("person", "'bob'")], "says otherwise"),
    (&[("ver", "1"), ("id", "'00000000-0000-7000-8000-0000000000ff'")], "CHECK"),
];

/// A statement that inserts a copy of the last record as a note, changed like this.
pub(crate) fn forged(changed: &[(&str, &str)]) -> String {
    let value = |column: &&str| {
        let found = |list: &[(&str, &str)]| {
            list.iter().find(|(name, _)| name == column).map(|(_, value)| (*value).to_owned())
        };
        found(changed).or_else(|| found(&NOTE)).unwrap_or_else(|| (*column).to_owned())
    };
    let values: Vec<String> = COLUMNS.iter().map(value).collect();
    let (columns, values) = (COLUMNS.join(", "), values.join(", "));
    format!(
        "INSERT INTO guardrail_record ({columns}) SELECT {values} FROM guardrail_record \
         WHERE seq = (SELECT max(seq) FROM guardrail_record)"
    )
}
