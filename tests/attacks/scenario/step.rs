//! The steps of a scenario.

use std::time::Duration;

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
    /// The body may end.
    End,
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
    /// The policy asks for more, or less, or for so many.
    Policy {
        tighter: bool,
        approvals: Option<u32>,
    },
    /// The agent calls by the same key with other arguments.
    Reuse(String),
    Quorum(u32),
    /// The log takes no event of this kind any more.
    LogFails(Option<&'static str>),
    /// Nobody hears of it, or nobody says anything.
    Silence,
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
