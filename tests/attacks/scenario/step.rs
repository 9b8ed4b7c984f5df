//! The steps of a scenario, and how their words are read.

use std::time::Duration;

use super::words::{duration, has, name_before, name_behind, person};

/// One thing that happens.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// An agent asks, by this key, with these arguments; perhaps about a file.
    Request {
        key: Option<String>,
        args: Option<String>,
        by: Option<String>,
        file: bool,
    },
    Vote(Ballot),
    /// The last vote once more, as it was; perhaps on another request.
    Replay {
        on: Option<String>,
    },
    /// Both at once.
    Together(Vec<Step>, Vec<Step>),
    /// A person edits the arguments to these.
    Edit(String),
    /// The agent changes its arguments to these behind everybody's back.
    Mutate(String),
    /// A file the deed is about gets another content.
    Rewrite,
    /// The start is put on record, and the body begins and does not end yet.
    Begin,
    /// What is approved may start.
    Release,
    /// The same call once more, from another worker.
    Retry,
    /// A second process waits for the same request.
    SecondProcess,
    Kill(Moment),
    Restart,
    /// The clock jumps.
    Clock {
        forward: bool,
        by: Duration,
    },
    /// So much time passes that the request, or its approval, is over.
    Over {
        approval: bool,
    },
    /// Just before that.
    AlmostOver,
    /// A person may vote no more.
    Leave {
        who: Option<String>,
        inactive: bool,
    },
    /// The policy asks for more, or less.
    Policy {
        tighter: bool,
    },
    Quorum(u32),
    /// The log takes no event of this kind any more.
    LogFails(Option<&'static str>),
    /// The call goes away.
    Withdraw,
    /// The body panics.
    Panic,
    /// What stands in "after it" and "before it": happens unless it has happened.
    Implied(Box<Step>),
}

/// A vote, as far as the words say.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ballot {
    pub(crate) who: Option<String>,
    pub(crate) deny: bool,
    pub(crate) channel: Option<String>,
    /// The arguments that were seen.
    pub(crate) seen: Option<String>,
    /// The key of the request.
    pub(crate) on: Option<String>,
}

/// Whether the first steps end in an edit that later ones rest on: an old button, an approval of
/// what was there before. Such an end needs the edit itself.
pub(crate) fn rests_on_an_edit(steps: &[Step]) -> bool {
    let mut edited = None;
    steps.iter().any(|step| match step {
        Step::Edit(args) => {
            edited = Some(args);
            false
        }
        Step::Vote(ballot) => edited.is_some_and(|args| ballot.seen.as_ref() != Some(args)),
        Step::Replay { .. } | Step::Release | Step::Begin => edited.is_some(),
        _ => false,
    })
}

/// When a process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// While people are asked.
    Pending,
    /// Approved, and the start is not on record.
    BeforeStart,
    /// The start is on record, and the process does not know.
    AfterStart,
    InBody,
    /// The body has ended, and that is not on record.
    AfterBody,
}

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
    let quorum = quorum(t);
    if has(t, &["kill", "crash", "power cut", "power loss", "loses power", "oom", "process dies"]) {
        return Ok(vec![Step::Kill(moment(t))]);
    }
    if has(t, &["restart", "reboot", "comes back", "recover", "starts up again"]) {
        return Ok(vec![Step::Restart]);
    }
    if has(t, &["clock", "ntp", "system time", "wall time"]) {
        let forward = !has(t, &["back"]);
        let by = duration(t).unwrap_or(Duration::from_secs(3600));
        return Ok(vec![Step::Clock { forward, by }]);
    }
    if let Some(steps) = votes_by_the_clock(t) {
        return Ok(steps);
    }
    let log = ["audit", "append", "log ", "disk", "database", "storage", "fsync", "enospc"];
    let fails = ["fail", "full", "down", "unavailable", "error", "refuse", "enospc", "read-only"];
    if has(t, &log) && has(t, &fails) {
        return Ok(vec![Step::LogFails(stage(t))]);
    }
    if has(t, &["restored", "rolled back", "backup"]) {
        return Err(t.to_owned());
    }
    if has(t, &["panic"]) {
        return Ok(vec![Step::Panic]);
    }
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
    ];
    if has(t, &gone) && (has(t, &people) || person(t).is_some()) {
        let inactive = !has(t, &["group", "role", "removed", "revoked", "no longer"]);
        let leave = Step::Leave { who: person(t).map(str::to_owned), inactive };
        let voted = has(t, &["after vote", "after the vote", "after approv", "after voting"]);
        let voted = voted.then(|| Step::Implied(Box::new(Step::Vote(Ballot::default()))));
        return Ok(voted.into_iter().chain([leave]).collect());
    }
    let set = ["policy", "rule", "requirement", "quorum raised", "raise quorum", "quorum from"];
    if has(t, &set) {
        let looser = has(t, &["loos", "lower", "weaker", "relax", "allow"]);
        return Ok(vec![Step::Policy { tighter: !looser }]);
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
    let again = has(t, &["again", "twice", "retry", "retries", "second time", "duplicate"]);
    if voted(t) && !t.starts_with("request") {
        return Ok(ballots(t, again));
    }
    if has(t, &["start record"]) {
        return Ok(vec![Step::Begin]);
    }
    if has(t, &["release", "start", "run", "execut", "retry", "retries"]) {
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
        let passes = has(t, &["passes", "pass ", "later", "elapse"]);
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
    let words = t.split(|c: char| !c.is_alphanumeric());
    let named = |word: &&str| word.strip_prefix('p').is_some_and(|rest| rest.parse::<u8>().is_ok());
    words.rev().find(named).map(str::to_owned)
}

/// The key of a request: `id=A`, `intent B`, `request A`.
fn key(t: &str) -> Option<String> {
    let behind = ["for intent ", "on intent ", "intent ", "id=", "id ", "request "]
        .into_iter()
        .find_map(|words| t.split_once(words).map(|(_, rest)| rest))?;
    let name: String = behind.chars().take_while(|c| c.is_alphanumeric()).collect();
    (name.len() == 1).then_some(name)
}
