//! Policy files: a text with a mistake, or a file somebody tampered with, loads nothing, and the
//! policies in force stay.

use std::fs;
use std::path::Path;

use guardrail::policy::PolicyError;
use guardrail::{Guardrail, MemoryLog, MockApprover, PolicySet};

use crate::corpus::Entry;
use crate::ensure;
use crate::trial::{APPROVED, Check, intent, read_back};
use crate::words::Expect;

/// What every snippet stands in: people, a group, a policy that is sound without it.
const PEOPLE: &str = r#"
[people.alice]
email = "alice@corp.example"
[people.bob]
[people.carol]
[people.deploy-bot]
kind = "agent"
[groups]
sre = ["alice", "bob", "carol"]
"#;

/// Words of the corpus, and of other systems, for what our file calls otherwise. Each snippet is
/// tried as it is written and with every one of these put in.
const OURS: &[(&str, &str)] = &[
    ("quorum", "approvals"),
    ("min_approvals", "approvals"),
    ("required_approvals", "approvals"),
    ("expires_in", "timeout"),
    ("expires", "timeout"),
    ("ttl", "timeout"),
    ("grant_timeout", "grant_ttl"),
];

pub(crate) async fn run(entry: &Entry) -> Check {
    let text = entry.payload.text().ok_or("a policy file is text")?;
    let scene = text.trim();
    if scene.starts_with('(') && scene.ends_with(')') {
        return happens(&scene.to_lowercase()).await;
    }
    let loaded: Vec<PolicySet> =
        versions(&text).iter().filter_map(|text| PolicySet::parse(text).ok()).collect();
    if entry.expect == Expect::Accept {
        ensure!(!loaded.is_empty(), "it was not loaded: {:?}", PolicySet::parse(file(&text)).err());
        return Ok(());
    }
    ensure!(loaded.is_empty(), "it was loaded");
    for text in versions(&text) {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let path = folder.path().join("guardrail.toml");
        fs::write(&path, text).map_err(|error| error.to_string())?;
        kept(&path, |_| true).await?;
    }
    Ok(())
}

/// The snippet in its place, as it is and in our words.
fn versions(snippet: &str) -> Vec<String> {
    let mut versions = vec![file(snippet)];
    let (mut ours, mut changed) = (snippet.to_owned(), false);
    for (theirs, word) in OURS {
        changed |= ours.contains(theirs);
        ours = ours.replace(theirs, word);
    }
    for person in ["alice", "bob", "carol"] {
        let prefixed = ours.replace(&format!("\"{person}\""), &format!("\"person:{person}\""));
        changed |= prefixed != ours;
        ours = prefixed;
    }
    if changed {
        versions.push(file(&ours));
    }
    versions
}

/// A whole file: the snippet stands in the policy `deploy`, or beside the people where it brings
/// tables of its own. What it does not say itself is sound.
fn file(snippet: &str) -> String {
    if snippet.lines().any(|line| line.trim_start().starts_with('[')) {
        return format!("{PEOPLE}\n{snippet}\n");
    }
    let says = |key: &str| snippet.lines().any(|line| line.trim_start().starts_with(key));
    let mut sound = String::new();
    if !says("approvers") && !says("effect") && !says("stages") {
        sound.push_str("approvers = [\"group:sre\"]\n");
    }
    format!("{PEOPLE}\n[policies.deploy]\n{sound}{snippet}\n")
}

/// Plays what happens to the file.
async fn happens(scene: &str) -> Check {
    let says = |words: &[&str]| words.iter().any(|word| scene.contains(word));
    let whole = file("timeout = \"10m\"");
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let path = folder.path().join("guardrail.toml");
    let write = |bytes: &[u8]| fs::write(&path, bytes).map_err(|error| error.to_string());
    if says(&["truncated", "cut", "half", "partial"]) {
        // Wherever the cut is: a line that has no end is no line.
        for end in 1..whole.len() {
            let cut = whole.as_bytes().get(..end).unwrap();
            if cut.ends_with(b"\n") {
                continue;
            }
            write(cut)?;
            ensure!(PolicySet::load(&path).is_err(), "a file cut at byte {end} was loaded");
        }
        return kept(&path, |error| !error.to_string().is_empty()).await;
    }
    if says(&["writable", "permission", "0666", "0777", "chmod"]) {
        write(whole.as_bytes())?;
        open_to_all(&path)?;
        return kept(&path, |error| matches!(error, PolicyError::WorldWritable { .. })).await;
    }
    if says(&["missing", "deleted", "removed", "does not exist", "unreadable", "gone"]) {
        return kept(&path, |error| matches!(error, PolicyError::Read { .. })).await;
    }
    if says(&["directory", "folder", "pipe", "fifo", "device", "socket"]) {
        fs::create_dir(&path).map_err(|error| error.to_string())?;
        return kept(&path, |error| matches!(error, PolicyError::NotAFile { .. })).await;
    }
    if says(&["large", "huge", "too long", "mib", "gib", "big"]) {
        let mut long = whole.into_bytes();
        long.resize(2 * 1024 * 1024, b'\n');
        write(&long)?;
        return kept(&path, |error| matches!(error, PolicyError::TooLong { .. })).await;
    }
    if says(&["utf-8", "utf8", "encoding", "binary", "latin"]) {
        write(&[whole.as_bytes(), b"# \xff\xfe\n"].concat())?;
        return kept(&path, |error| !error.mistakes().is_empty()).await;
    }
    if says(&["empty", "zero bytes", "0 bytes"]) {
        write(b"")?;
        // An empty file is a set in which no call may run; no policy comes of it by itself.
        let empty = PolicySet::load(&path);
        ensure!(empty.is_ok_and(|set| set.policies().count() == 0), "policies came from nowhere");
        return Ok(());
    }
    if says(&["syntax", "invalid", "garbage", "merge conflict", "broken"]) {
        write(format!("{whole}<<<<<<< ours\n").as_bytes())?;
        return kept(&path, |error| !error.mistakes().is_empty()).await;
    }
    if says(&["twice", "duplicate", "same name"]) {
        write(format!("{whole}[policies.deploy]\napprovers = [\"group:sre\"]\n").as_bytes())?;
        return kept(&path, |error| !error.mistakes().is_empty()).await;
    }
    // A scene nobody has staged: at least its words are no policy.
    write(format!("{scene}\n").as_bytes())?;
    kept(&path, |error| !error.mistakes().is_empty()).await
}

/// The file does not load, for this reason, and calls go on under the policies in force.
async fn kept(path: &Path, expected: impl Fn(&PolicyError) -> bool) -> Check {
    let old = PolicySet::parse("[people.mock]\n[policies.deploy]\napprovers = [\"person:mock\"]\n");
    let old = old.map_err(|error| error.to_string())?;
    let digest = old.digest();
    let approver = MockApprover::approving();
    let guardrail = Guardrail::builder()
        .policies(old)
        .audit_log(MemoryLog::new())
        .approver(approver)
        .build()
        .await
        .map_err(|error| error.to_string())?;
    match PolicySet::load(path) {
        Ok(loaded) => {
            guardrail.reload(loaded).await.map_err(|error| error.to_string())?;
            return Err("the file was loaded".to_owned());
        }
        Err(error) => ensure!(expected(&error), "it was refused for another reason: {error}"),
    }
    ensure!(guardrail.policies().digest() == digest, "other policies are in force");
    let permit = guardrail.authorize(intent("deed", "deploy").arg("value", "x")).await;
    let permit = permit.map_err(|error| error.to_string())?;
    permit
        .run(async { Ok::<(), guardrail::Error>(()) })
        .await
        .map_err(|error| error.to_string())?;
    let records = read_back(&guardrail).await?;
    let events = records.iter().map(|record| record.event().name());
    let events: Vec<&str> = events.filter(|name| *name != "policy_loaded").collect();
    ensure!(events == APPROVED, "the log holds {events:?}");
    Ok(())
}

#[cfg(unix)]
fn open_to_all(path: &Path) -> Check {
    use std::os::unix::fs::PermissionsExt as _;
    let rights = fs::Permissions::from_mode(0o666);
    fs::set_permissions(path, rights).map_err(|error| error.to_string())
}

#[cfg(not(unix))]
fn open_to_all(_: &Path) -> Check {
    Err("rights are played on Unix only".to_owned())
}
