//! What one person alone is told: why something did not happen, and what to do.

use std::time::Duration;

use guardrail_core::model::VoteRefusal;

use super::people::Nobody;
use crate::interaction::Account;

/// To the log, where no message was sent.
pub(super) const NOT_READY: &str = "Slack did not say whose the bot's token is, so no click could \
    have been told to be for us";

/// The request is in no log that is known here.
pub(super) const UNKNOWN: &str = "Nothing happened: this request is not known here. It may belong \
    to a program that no longer runs, or to another log.";

/// Slack did not say who somebody is.
pub(super) const UNCHECKED: &str = "Nothing happened: Slack did not say who you are just now, so \
    nothing of yours can count. Try again in a minute.";

/// The log failed.
pub(super) const UNRECORDED: &str = "It is not known whether this counts: the audit log did not \
    answer. Look at the message again before you try once more.";

/// Something failed on the way, at a place that has no words of its own.
pub(super) const FAILED: &str = "It is not known whether this counts: something failed on the way. \
    Look at the message again before you try once more.";

/// The vote is on record, and the message does not say so.
pub(super) const UNSHOWN: &str = "Your vote counts, but its message could not be changed just now.";

/// The very same vote is on record.
pub(super) const ALREADY: &str = "Your vote counts already.";

/// A modal could not be opened.
pub(super) const UNOPENED: &str = "Slack did not open the window in time. Press the button again.";

/// Somebody opened more than anybody reads.
pub(super) const TOO_OFTEN: &str = "Nothing happened: this request was opened too often. Use \
    another channel.";

/// A risky approval takes a word.
pub(super) const NO_WORD: &str = "Your vote does not count: the word was not typed. Press Review \
    again.";

/// The pages that were read are not those there are now.
pub(super) const LAID_OUT_ANEW: &str = "Your vote does not count: the pages of this request changed \
    while you read them. Press Review again.";

/// What is shown does not add up to everything.
pub(super) const NOT_IN_SLACK: &str = "Your vote does not count: this request cannot be shown \
    whole in Slack. Use another channel to approve it; it can be denied here.";

/// The user group says no.
pub(super) const NOT_IN_GROUP: &str = "Your vote does not count: you are not in the Slack user \
    group that stands behind the group the policy asks.";

/// Why a vote does not count, and what to do.
pub(super) fn refusal(why: &VoteRefusal, account: &Account) -> String {
    use VoteRefusal as R;
    let advice = match why {
        R::NotPending(_) | R::Expired => "There is nothing left to do here.".to_owned(),
        R::NotWhole => "Press Review, read all pages, and approve on the last.".to_owned(),
        R::OtherDigest | R::UnknownNonce | R::SpentNonce => {
            "Use the buttons of the newest message of this request.".to_owned()
        }
        R::Unlinked => format!(
            "Ask whoever keeps guardrail.toml to add slack = \"{}/{}\" to your entry.",
            account.team, account.user
        ),
        R::RequestingSide => "Somebody else has to decide.".to_owned(),
        R::NoReason => "Press Review or Deny, and say why.".to_owned(),
        R::AlreadyVoted => "One vote a person.".to_owned(),
        _ => "Whoever keeps the policy can say who decides.".to_owned(),
    };
    format!("Your vote does not count: {why}. {advice}")
}

/// Why an account votes for nobody.
pub(super) const fn nobody(why: Nobody) -> &'static str {
    match why {
        Nobody::Stranger => {
            "Your vote does not count: your account belongs to another organisation."
        }
        Nobody::Guest => "Your vote does not count: guests do not vote.",
        Nobody::Bot => "Your vote does not count: only people vote.",
        Nobody::Gone => "Your vote does not count: this account is deactivated.",
    }
}

/// A length of time, roughly.
pub(super) fn span(length: Duration) -> String {
    match length.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    }
}
