//! Reads the steps of a scenario from their words.

use std::time::Duration;

use super::step::{Ballot, Moment, Step};
use super::words::{duration, has, name_before, name_behind, person};

/// Reads one step. An error names the words nobody understands.
pub(crate) fn read(text: &str) -> Result<Vec<Step>, String> {
    let lower = text.to_lowercase();
    let lower = lower.trim();
    if let Some((left, right)) = lower.split_once("||") {
        let behind = [" at the same instant", " at the same time", " simultaneously", " at once"];
        let right = behind.iter().fold(right.to_owned(), |text, words| text.replace(words, ""));
        return Ok(vec![Step::Together(read(left)?, read(&right)?)]);
    }
    if let Some((first, then)) = lower.split_once(" then ") {
        return Ok([read(first)?, read(then)?].concat());
    }
    one(lower)
}

fn one(t: &str) -> Result<Vec<Step>, String> {
    // What nobody can play here is not taken for what only sounds like it.
    let unplayed = ["kill switch", "emergency stop", "nonce", "revoked before", "unknown intent"];
    let record = has(t, &["audit", "record", "log "]);
    if has(t, &unplayed) || has(t, &["without opening"]) {
        return Err(t.to_owned());
    }
    if record && has(t, &["tamper", "deleted", "truncated", "forged", "twice"]) {
        return Err(t.to_owned());
    }
    for words in [" while body runs", " while the body runs", " while it runs"] {
        if let Some((first, rest)) = t.split_once(words) {
            // What becomes of a lease cannot be played, nor what happens behind that.
            if first.contains("lease") || !rest.is_empty() {
                return Err(t.to_owned());
            }
            return Ok([vec![Step::Begin], one(first)?].concat());
        }
    }
    if has(t, &["body"]) && has(t, &["longer than", "outlives", "slower than"]) {
        return Ok(vec![Step::Begin, Step::Over { approval: false }]);
    }
    let quorum = quorum(t);
    if has(t, &["kill", "crash", "power cut", "power loss", "loses power", "oom", "process dies"]) {
        return Ok(vec![Step::Kill(moment(t))]);
    }
    if has(t, &["restart", "reboot", "comes back", "recover", "starts up again"]) {
        return Ok(vec![Step::Restart]);
    }
    if has(t, &["paused", "sigstop", "suspended", "hibernat", "frozen", "sleeps"])
        && let Some(by) = duration(t)
    {
        return Ok(behind_votes(t, Step::Clock { forward: true, by }));
    }
    // Time is kept in UTC, so neither is a step of the clock; a leap second is a short one.
    if has(t, &["daylight saving", "time zone", "timezone"]) {
        return Ok(vec![Step::Clock { forward: true, by: Duration::ZERO }]);
    }
    if has(t, &["leap second"]) {
        return Ok(vec![Step::Clock { forward: false, by: Duration::from_secs(1) }]);
    }
    if has(t, &["clock", "ntp", "system time", "wall time"]) {
        let forward = !has(t, &["back"]);
        let by = duration(t).unwrap_or(Duration::from_secs(3600));
        return Ok(behind_votes(t, Step::Clock { forward, by }));
    }
    if let Some(steps) = votes_by_the_clock(t) {
        return Ok(steps);
    }
    let log = ["audit", "append", "log ", "disk", "database", "storage", "fsync", "enospc"];
    let fails = [
        "fail",
        "full",
        "down",
        "unavailable",
        "error",
        "refuse",
        "enospc",
        "read-only",
        "partition",
        "unreachable",
    ];
    if has(t, &log) && has(t, &fails) {
        return Ok(vec![Step::LogFails(stage(t))]);
    }
    let silent = ["no answer", "nobody answers", "notification lost", "comment only", "snooze"];
    if has(t, &silent) {
        return Ok(vec![Step::Silence]);
    }
    let channel = has(t, &["channel", "slack", "teams", "notification"]) && !voted(t);
    if channel && has(t, &["down", "unavailable", "outage", "lost", "fails"]) {
        return Err(t.to_owned());
    }
    if has(t, &["restored", "rolled back", "backup"]) {
        return Err(t.to_owned());
    }
    if has(t, &["panic"]) {
        return Ok(vec![Step::Panic]);
    }
    if let Some(steps) = leaves(t) {
        return Ok(steps);
    }
    let set = [
        "policy",
        "rule",
        "requirement",
        "quorum raised",
        "raise quorum",
        "quorum lowered",
        "quorum from",
    ];
    if has(t, &set) {
        let looser = has(t, &["loos", "lower", "weaker", "relax", "allow"]);
        let numbers = |words: &str| words.split_whitespace().find_map(|word| word.parse().ok());
        // `quorum raised from 1 to 2 after approve`
        if let Some((from, to)) =
            t.split_once(" from ").and_then(|(_, rest)| rest.split_once(" to "))
            && let (Some(from), Some(to)) = (numbers(from), numbers(to))
        {
            let then = behind_votes(t, Step::Policy { tighter: !looser, approvals: Some(to) });
            return Ok([vec![Step::Quorum(from)], then].concat());
        }
        return Ok(behind_votes(t, Step::Policy { tighter: !looser, approvals: quorum }));
    }
    if has(t, &["body"]) && has(t, &["done", "finish", "complet", "ends", "returns"]) {
        return Ok(vec![Step::End]);
    }
    let same = ["same key", "idempotency key", "same id ", "same request id"];
    if has(t, &same) && has(t, &["other", "different", "p2", "changed"]) {
        return Ok(vec![Step::Reuse(args(t).unwrap_or("p2".to_owned()))]);
    }
    if has(t, &["two", "both", "second", "three", "several"])
        && has(t, &["process", "instance", "replica", "node", "worker"])
        && !has(t, &["release", "retry"])
    {
        return Ok(vec![Step::SecondProcess]);
    }
    let args = args(t);
    let changed = ["rewrit", "overwrit", "replac", "swap", "chang", "modif"];
    if has(t, &["rewrit", "overwrit"])
        || has(t, &["file", "symlink", "script", "content", "on disk"]) && has(t, &changed)
    {
        return Ok(vec![Step::Rewrite]);
    }
    if let Some((_, edit)) = t.split_once(" after edit")
        && voted(t)
    {
        let edit = Step::Edit(self::args(edit).unwrap_or("p2".to_owned()));
        return Ok([vec![edit], vec![Step::Replay { on: key(t) }]].concat());
    }
    if has(t, &["edit"]) {
        return Ok(vec![Step::Edit(args.unwrap_or("p2".to_owned()))]);
    }
    if has(t, &["mutat", "changes args", "changes the arg", "args change", "swaps", "tamper"]) {
        return Ok(vec![Step::Mutate(args.unwrap_or("p2".to_owned()))]);
    }
    if has(t, &["withdraw", "cancel", "disconnect", "call dropped", "drops the call", "goes away"])
    {
        return Ok(vec![Step::Withdraw]);
    }
    if has(t, &["replay", "retransmit", "resent", "redeliver"]) {
        return Ok(vec![Step::Replay { on: key(t) }]);
    }
    if has(t, &["approver is the requester", "requester is the approver", "self-approv"]) {
        let who = Some("requester".to_owned());
        return Ok(vec![Step::Vote(Ballot { who, ..Ballot::default() })]);
    }
    let again = has(t, &["again", "twice", "retry", "retries", "second time", "duplicate"]);
    if voted(t) && !t.starts_with("request") {
        // `deny after approve`: the other one comes first.
        let first = after_a_vote(t).filter(|_| !again);
        return Ok(first.into_iter().chain(ballots(t, again)).collect());
    }
    if has(t, &["start record"]) {
        return Ok(vec![Step::Begin]);
    }
    if has(t, &["release", "start", "run", "execut", "retry", "retries"])
        && !t.starts_with("request(")
    {
        return Ok(vec![if again { Step::Retry } else { Step::Release }]);
    }
    if has(t, &["request", "asks", "intent", "calls", "proposes"]) {
        let file = has(t, &["file", "script", "read "]);
        let by = name_behind(t, "by ").or_else(|| name_before(t, " requests"));
        let args = args.filter(|_| !file);
        let request = Step::Request { key: key(t), args, by, file };
        return Ok([request].into_iter().chain(quorum.map(Step::Quorum)).collect());
    }
    if let Some(quorum) = quorum {
        return Ok(vec![Step::Quorum(quorum)]);
    }
    Err(t.to_owned())
}

/// `approve after expiry`, `approve 1 ms before expiry`, `timeout passes`.
fn votes_by_the_clock(t: &str) -> Option<Vec<Step>> {
    let over = ["expir", "timeout", "deadline", "ttl", "time is up", "timed out", "lapse"];
    if !has(t, &over) {
        let passes = has(t, &["passes", "pass ", "later", "elapse"]) || t.ends_with(" pass");
        let by = passes.then(|| duration(t)).flatten()?;
        return Some(vec![Step::Clock { forward: true, by }]);
    }
    let approval = has(t, &["grant", "ttl", "approval expires", "approval lapses", "permit"]);
    if !voted(t) || approval {
        return Some(vec![Step::Over { approval }]);
    }
    let time = match has(t, &["before"]) {
        true => Step::AlmostOver,
        false => Step::Over { approval: false },
    };
    Some([time].into_iter().chain(ballots(t, false)).collect())
}

/// `alice removed from the group after her vote`, `approve by a deactivated user`.
fn leaves(t: &str) -> Option<Vec<Step>> {
    let people = ["approver", "voter", "reviewer", "account", "user", "person", "member"];
    let gone = [
        "removed",
        "deactivated",
        "disabled",
        "suspended",
        "offboarded",
        "leaves",
        "left",
        "revoked",
        "fired",
        "no longer",
        "not in",
        "not a member",
        "not eligible",
        "ineligible",
    ];
    if !has(t, &gone) || !(has(t, &people) || person(t).is_some()) {
        return None;
    }
    let of_group = ["group", "role", "removed", "revoked", "no longer", "not ", "ineligible"];
    let who = person(t).unwrap_or("alice").to_owned();
    let leave = Step::Leave { who: Some(who.clone()), inactive: !has(t, &of_group) };
    if after_a_vote(t).is_none() && voted(t) {
        let ballots = ballots(t, false).into_iter().map(|step| match step {
            Step::Vote(ballot) => Step::Vote(Ballot { who: Some(who.clone()), ..ballot }),
            step => step,
        });
        return Some([leave].into_iter().chain(ballots).collect());
    }
    Some(behind_votes(t, leave))
}

/// The step, behind the vote after which it is said to happen.
fn behind_votes(t: &str, step: Step) -> Vec<Step> {
    after_a_vote(t).into_iter().chain([step]).collect()
}

fn after_a_vote(t: &str) -> Option<Step> {
    let deny = has(t, &["after deny", "after the denial", "after denial", "after denied"]);
    let words = [
        "after vote",
        "after the vote",
        "after approv",
        "after the approv",
        "after voting",
        "after one vote",
    ];
    let ballot = Ballot { deny, ..Ballot::default() };
    (deny || has(t, &words)).then(|| Step::Implied(Box::new(Step::Vote(ballot))))
}

/// Whether somebody votes here; `approver` and `approval` are no votes.
fn voted(t: &str) -> bool {
    let verbs = [
        "approve",
        "approves",
        "approved",
        "approving",
        "deny",
        "denies",
        "denied",
        "vote",
        "votes",
        "voted",
        "reject",
        "rejects",
        "rejected",
        "click",
        "clicks",
        "clicked",
        "press",
        "presses",
        "pressed",
    ];
    t.split(|c: char| !c.is_alphanumeric()).any(|word| verbs.contains(&word))
}

fn ballots(t: &str, again: bool) -> Vec<Step> {
    let who = person(t).map(str::to_owned);
    let channel = ["slack", "teams", "console", "web", "terminal", "email", "api"]
        .into_iter()
        .find(|channel| t.contains(channel))
        .map(|channel| if channel == "console" { "web" } else { channel }.to_owned());
    let deny = has(t, &["deny", "denies", "denied", "reject"]) && !t.starts_with("approve");
    let ballot = Step::Vote(Ballot { who, deny, channel, seen: args(t), on: key(t) });
    let old =
        has(t, &["old button", "stale", "old message", "same button", "double", "same nonce"]);
    match (again, old) {
        (_, true) => vec![Step::Implied(Box::new(ballot)), Step::Replay { on: key(t) }],
        (true, false) => vec![Step::Implied(Box::new(ballot.clone())), ballot],
        (false, false) => vec![ballot],
    }
}

fn moment(t: &str) -> Moment {
    let body = has(t, &["body"]);
    if has(t, &["before start", "before the start", "after approv", "after decid"]) {
        Moment::BeforeStart
    } else if body && has(t, &["after body", "after the body", "body done", "body end"])
        || has(t, &["before outcome", "before complet", "before the outcome", "before end"])
    {
        Moment::AfterBody
    } else if has(t, &["after start", "before body", "before the body"]) {
        Moment::AfterStart
    } else if body || has(t, &["running", "executing", "during execution"]) {
        Moment::InBody
    } else if has(t, &["pending", "waiting", "before decid", "before vote", "before approv"]) {
        Moment::Pending
    } else {
        Moment::BeforeStart
    }
}

/// The event at which the log fails.
fn stage(t: &str) -> Option<&'static str> {
    let stages: [(&[&str], &str); 6] = [
        (&["request", "intent"], "requested"),
        (&["posted", "shown"], "posted"),
        (&["decided", "decision", "approv"], "approved"),
        (&["vote"], "voted"),
        (&["start", "release"], "started"),
        (&["complet", "outcome", "end", "finish", "result"], "completed"),
    ];
    stages.iter().find(|(words, _)| has(t, words)).map(|(_, event)| *event)
}

/// `quorum=2`, `quorum of 2`, `2 approvals`.
fn quorum(t: &str) -> Option<u32> {
    let behind = t.split_once("quorum").map(|(_, rest)| rest);
    let behind = behind.or_else(|| t.split_once("approvals").map(|(_, rest)| rest))?;
    let digits: String = behind
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

/// Arguments by their name: `p1`, `p2`.
fn args(t: &str) -> Option<String> {
    let mut words = t.split(|c: char| !c.is_alphanumeric());
    let named = |word: &&str| word.strip_prefix('p').is_some_and(|rest| rest.parse::<u8>().is_ok());
    words.rfind(named).map(str::to_owned)
}

/// The key of a request: `id=A`, `intent B`, `request A`.
fn key(t: &str) -> Option<String> {
    let behind = ["for intent ", "on intent ", "intent ", "id=", "id ", "request "]
        .into_iter()
        .find_map(|words| t.split_once(words).map(|(_, rest)| rest))?;
    let name: String = behind.chars().take_while(|c| c.is_alphanumeric()).collect();
    (name.len() == 1).then_some(name)
}
