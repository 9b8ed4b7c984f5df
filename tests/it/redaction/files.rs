//! On a real disk: not a byte of what was erased is left, and none was ever in the log.

use std::path::Path;

use guardrail::FileLog;
use guardrail::audit::sidecar::FolderSidecar;
use guardrail::audit::verify;
use guardrail_test_counterparts::Counterparts;

use super::bed::{ASK, IBAN, NAME, check, first, pay, payment, redaction, world};

/// The bytes of every file below.
fn bytes(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        all.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    all
}

fn holds(folder: &Path, text: &str) -> bool {
    String::from_utf8_lossy(&bytes(folder)).contains(text)
}

#[tokio::test]
async fn no_byte_is_left_and_none_was_in_the_log() {
    let root = tempfile::tempdir().unwrap();
    let (audit, openings) = (root.path().join("audit"), root.path().join("openings"));
    let log = || FileLog::open(&audit);
    let sidecar = FolderSidecar::open(&openings).await.unwrap();
    let one = world(ASK, log().await.unwrap(), sidecar.clone()).await;
    pay(&one, payment()).await.unwrap();
    let id = first(&**one.log()).await;
    let found = one.guardrail.redacted(id).await.unwrap();
    let salts: Vec<String> = found
        .iter()
        .map(|(_, _, found)| match found {
            guardrail::audit::sidecar::Fate::Opened(opening) => {
                opening.salt().expose().iter().map(|byte| format!("{byte:02x}")).collect()
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(salts.iter().all(|salt| holds(&openings, salt)));
    assert!(holds(&openings, IBAN) && holds(&openings, NAME));
    one.guardrail.redact(&redaction(id).argument("iban")).await.unwrap();
    assert!(!holds(&openings, IBAN) && holds(&openings, NAME));
    // Whoever comes next finds the same.
    drop(one);
    let two = world(ASK, log().await.unwrap(), sidecar.clone()).await;
    verify(&**two.log()).await.unwrap();
    let checked = check(&**two.log(), &sidecar).await;
    assert!(checked.is_sound(), "{checked:?}");
    assert_eq!((checked.opened, checked.erased), (1, 1));
    two.guardrail.redact(&redaction(id)).await.unwrap();
    assert_eq!(std::fs::read_dir(&openings).unwrap().count(), 0);
    for text in salts.iter().map(String::as_str).chain([IBAN, NAME]) {
        assert!(!holds(&audit, text), "{text}");
    }
    verify(&**two.log()).await.unwrap();
}

/// What the guide tells a stranger to run believes the value, and no other.
#[tokio::test]
async fn a_stranger_checks_a_value() {
    let Some(parts) = Counterparts::find("docs/redaction.md: checking a value with Python") else {
        return;
    };
    let guide = include_str!("../../../docs/redaction.md");
    let script = guide.split_once("```python\n").unwrap().1.split_once("\n```").unwrap().0;
    let root = tempfile::tempdir().unwrap();
    let openings = root.path().join("openings");
    let sidecar = FolderSidecar::open(&openings).await.unwrap();
    let world = world(ASK, guardrail::MemoryLog::new(), sidecar).await;
    pay(&world, payment().redact("a/b~c", "\u{e4}\"")).await.unwrap();
    let id = first(&**world.log()).await;
    let stream = world.log().stream(id, guardrail::Version::START).await.unwrap();
    std::fs::write(root.path().join("line"), stream[0].line()).unwrap();
    let run = || {
        let mut python = parts.python();
        python.args(["-c", script]).current_dir(&root).env("PYTHONUTF8", "1").output().unwrap()
    };
    let mut said = Vec::new();
    for entry in std::fs::read_dir(&openings).unwrap() {
        let line = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        std::fs::write(root.path().join("opening"), &line).unwrap();
        let output = run();
        assert!(output.status.success(), "{output:?}");
        said.push(String::from_utf8(output.stdout).unwrap());
        for (from, to) in [("\"value\":\"", "\"value\":\"x"), ("\"salt\":\"", "\"salt\":\"00")] {
            std::fs::write(root.path().join("opening"), line.replacen(from, to, 1)).unwrap();
            assert!(!run().status.success(), "another {from}");
        }
    }
    said.sort();
    let expected = [
        "a/b~c was \"\u{e4}\\\"\"\n".to_owned(),
        format!("iban was \"{IBAN}\"\n"),
        format!("name was \"{NAME}\"\n"),
    ];
    assert_eq!(said, expected);
}
