//! The corpus of hostile texts, as values and as reasons: what reaches the terminal is ours alone.
//!
//! `GUARDRAIL_ATTACKS` names the folder to read, from the root of the project; without it, the
//! project's own copy is read.

use std::path::Path;

use guardrail_core::model::Intent;
use serde_json::Value;

use crate::bench::Bench;

/// Everything we send, without numbers.
const OURS: [&str; 14] = [
    "[?h", "[?l", "[;H", "[K", "[m", "[J", "[?1049h", "[?1049l", "[?2004h", "[?2004l", "[?7h",
    "[?7l", "[?25h", "[?25l",
];

struct Attack {
    id: String,
    reason: bool,
    text: String,
    shown: Option<String>,
}

/// All lines of the corpus, and whether it is the project's own.
fn corpus() -> (String, bool) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let named = std::env::var_os("GUARDRAIL_ATTACKS").filter(|folder| !folder.is_empty());
    let own = named.is_none();
    let folder = root.join(named.unwrap_or_else(|| "tests/data/attacks".into()));
    (std::fs::read_to_string(folder.join("attacks.jsonl")).unwrap(), own)
}

/// The texts of a class that a person may come to see.
fn class(name: &str) -> Vec<Attack> {
    let (lines, own) = corpus();
    // What is no entry of this form is for the runner of the corpus to judge.
    let entries = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let entries = entries.filter(|entry| {
        let field = entry["field"].as_str().unwrap_or_default();
        entry["class"] == name && entry["expect"] != "reject" && ["arg", "reason"].contains(&field)
    });
    let attacks: Vec<Attack> = entries
        .filter_map(|entry| {
            Some(Attack {
                id: entry["id"].as_str()?.to_owned(),
                reason: entry["field"] == "reason",
                text: text(&entry["payload"])?,
                shown: entry["assert"]["rendered_contains"].as_str().map(str::to_owned),
            })
        })
        .collect();
    assert!(!own || !attacks.is_empty(), "no attack of class {name}");
    attacks
}

/// The payload, built where it is described; `None` for one that no request can hold.
fn text(payload: &Value) -> Option<String> {
    if let Some(text) = payload.as_str() {
        return Some(text.to_owned());
    }
    let part = |name: &str| payload[name].as_str().unwrap_or_default();
    let count = usize::try_from(payload["count"].as_u64()?).unwrap();
    let text = format!("{}{}{}", part("prefix"), part("unit").repeat(count), part("suffix"));
    (text.len() < 200_000).then_some(text)
}

/// Shows every attack of the class to a person, in brief and whole, and looks at every byte.
async fn run(name: &str) {
    let bench = Bench::new().await;
    let attacks = class(name);
    for attack in &attacks {
        let before = bench.pty.raw().len();
        let intent = Intent::builder("run").policy("deploy");
        let call = bench.call(if attack.reason {
            intent.arg("command", "ls").reason(&attack.text)
        } else {
            intent.arg("command", &attack.text)
        });
        bench.asked(attack);
        bench.pty.press("o");
        bench.pty.until_shows("o brief");
        let mut all = bench.asked(attack);
        bench.pty.press("\x1b[F");
        all.push_str(&bench.pty.until("the end", |screen| {
            screen.contents().contains("approvals: 0 of 1") || screen.contents().contains("└")
        }));
        all.push_str(&bench.asked(attack));
        if let Some(shown) = &attack.shown {
            assert!(all.contains(shown.as_str()), "{}: `{shown}` is not shown:\n{all}", attack.id);
        }
        call.abort();
        bench.pty.until("the screen of before", |screen| !screen.alternate_screen());
        bench.pty.until_shows("withdrawn");
        inspect(attack, &bench.pty.raw()[before..]);
        assert_eq!(bench.votes().await, []);
    }
}

/// No byte that a terminal obeys, but ours.
fn inspect(attack: &Attack, raw: &[u8]) {
    let text = std::str::from_utf8(raw).unwrap();
    let mut rest = text.chars().peekable();
    let (mut cleared, mut entered) = (0, 0);
    while let Some(c) = rest.next() {
        if c == '\x1b' {
            let mut sequence = String::from("[");
            assert_eq!(rest.next(), Some('['), "{}: no sequence of ours", attack.id);
            loop {
                let c = rest.next().unwrap();
                sequence.push(c);
                if !matches!(c, '0'..='9' | ';' | '?') {
                    break;
                }
            }
            let plain: String = sequence.chars().filter(|c| !c.is_ascii_digit()).collect();
            let known = OURS.contains(&sequence.as_str()) || OURS.contains(&plain.as_str());
            assert!(known, "{}: sequence {sequence:?}", attack.id);
            cleared += usize::from(sequence == "[2J");
            entered += usize::from(sequence == "[?1049h");
        } else {
            let line_end = c == '\n' || (c == '\r' && rest.peek() == Some(&'\n'));
            let turns = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200B}'..='\u{200F}');
            assert!(!turns && (line_end || !c.is_control()), "{}: {c:?}", attack.id);
        }
    }
    // Once when it comes, once when it goes.
    assert_eq!((cleared, entered), (2, 1), "{}", attack.id);
}

impl Bench {
    /// Waits until the prompt takes keys; every row that is ours must be where it belongs.
    fn asked(&self, attack: &Attack) -> String {
        let screen = self.pty.until("a question", |screen| {
            let rows: Vec<String> = screen.rows(0, 80).collect();
            screen.alternate_screen() && rows.len() == 24 && rows[22].contains("n deny")
        });
        let rows: Vec<&str> = screen.lines().collect();
        let id = &attack.id;
        assert!(rows[0].starts_with(" guardrail asks alice "), "{id}: the title:\n{screen}");
        assert!(rows[0].ends_with("then refused "), "{id}: the time:\n{screen}");
        assert!(rows[20].starts_with("──"), "{id}: the line:\n{screen}");
        for row in &rows[1..20] {
            // A forged row of ours would have to begin where ours do; agents write in a frame.
            let framed = row.starts_with(['│', '┊', '↳', '!', ' ']) || row.is_empty();
            let words = ["Approvals:", "Requested by:", "Diff:", "--- ", "y approve", "[SYSTEM]"];
            let forged = words.iter().any(|word| row.starts_with(word));
            assert!(framed || !forged, "{id}: a row outside of its frame:\n{screen}");
        }
        screen
    }
}

macro_rules! classes {
    ($($name:ident)*) => { $(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            run(stringify!($name)).await;
        }
    )* };
}

classes! { ansi bidi control dialog_forge homoglyph invisible log_injection truncation }
