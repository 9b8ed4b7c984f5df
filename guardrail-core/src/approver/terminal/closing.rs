//! The one line that stays in the terminal where a prompt was.

use crate::model::{ApprovalRequest, Choice, Decision, Tally};
use crate::view::{Budget, Style, columns, cut};

/// Most columns of a name or a reason in the line.
const TEXT: usize = 120;

/// How the request ended, and by whom.
pub(super) fn settled(request: &ApprovalRequest) -> String {
    let how = match request.decision() {
        Some(Decision::Approved) => {
            let approvals = request.votes().iter().map(|vote| vote.voted());
            let approvals = approvals.filter(|voted| voted.choice == Choice::Approve);
            let who = approvals
                .map(|voted| format!("{} ({})", safe(voted.person.as_str()), safe(&voted.channel)));
            format!("approved by {}", who.collect::<Vec<_>>().join(", "))
        }
        Some(Decision::Denied { by, reason }) => {
            let who = by.map(|person| format!(" by {}", safe(person.as_str()))).unwrap_or_default();
            let why = reason.map(|why| format!(": {}", safe(&why))).unwrap_or_default();
            format!("denied{who}{why}")
        }
        Some(Decision::Expired) => "refused: nobody decided in time".to_owned(),
        Some(Decision::Withdrawn) => "withdrawn: the call went away".to_owned(),
        None => "no longer asked here".to_owned(),
    };
    line(request, &how)
}

/// The person approved, and others are asked.
pub(super) fn waits(request: &ApprovalRequest, tally: Tally) -> String {
    line(request, &format!("your approval is on record, {tally}; it waits for others"))
}

/// The person has voted elsewhere, and others are asked.
pub(super) fn voted(request: &ApprovalRequest) -> String {
    line(request, "you have voted already; it waits for others")
}

/// Nobody here answers.
pub(super) fn left(request: &ApprovalRequest, why: &str) -> String {
    line(request, &format!("not decided here: {}", safe(why)))
}

fn line(request: &ApprovalRequest, what: &str) -> String {
    format!("guardrail: {} {what} [{}]", safe(request.intent().action()), request.id())
}

fn safe(text: &str) -> String {
    cut(text, Style::LINE, &Budget::new(TEXT, columns)).text()
}
