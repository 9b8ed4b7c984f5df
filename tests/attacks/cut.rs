//! Values too long to show: head, tail, length and hash, and no approval before they were opened.

use guardrail::view::{Fact, FactKind, Facts, Limits, columns, facts, open, text};
use guardrail::{
    ApprovalRequest, Cast, Context, Guardrail, Identity, MockApprover, Seen, State, Vote,
    VoteRefusal,
};
use sha2::{Digest as _, Sha256};

use crate::corpus::Entry;
use crate::decode::decode;
use crate::ensure;
use crate::payload::{Gen, Payload};
use crate::trial::{Check, intent};
use crate::words::Field;

/// As little as the smallest channel shows of a value and of a request.
fn narrow(request: &ApprovalRequest) -> Facts {
    facts(request, request.created(), &Limits::new(600, 8_000, columns))
}

pub(crate) fn marked(entry: &Entry, request: &ApprovalRequest, payload: &str) -> Check {
    let seen = narrow(request);
    let whole = open(request, request.created());
    ensure!(whole.is_whole(), "it is not whole even where it is opened");
    ensure!(text(&seen, 80).lines().count() < 400, "it pushes everything below the fold");
    if let Payload::Gen(Gen::Object { last, .. }) = &entry.payload {
        return keys(&seen, last.as_ref());
    }
    let kind = match entry.field {
        Field::Reason => FactKind::Claim,
        Field::Actor => FactKind::Agent,
        _ => FactKind::Argument,
    };
    let fact = seen.get(kind).ok_or("the value is no fact")?;
    let shown: String = fact.runs().iter().map(|run| run.text()).collect();
    let shown = shown.trim_matches('"');
    if !fact.is_cut() {
        // Blanks are counted, so the rest may well fit: then nothing is missing.
        ensure!(decode(shown)? == payload, "it is not cut, and yet not whole: {shown}");
        return Ok(());
    }
    // A reason binds nothing; it is cut and said to be cut, and may be approved.
    ensure!(entry.field != Field::Arg || !seen.is_whole(), "a cut value is taken for a whole one");
    let head: String = payload.chars().take(10).collect();
    let tail: String =
        payload.chars().rev().take(10).collect::<Vec<_>>().into_iter().rev().collect();
    let plain = |part: &str| part.chars().all(|c| c.is_ascii_graphic());
    ensure!(!plain(&head) || shown.starts_with(&head), "the head is not shown: {shown}");
    ensure!(!plain(&tail) || shown.ends_with(&tail), "the tail is not shown: {shown}");
    let notice = fact.notice().ok_or("nothing says that it is cut")?;
    let hash: String = Sha256::digest(payload.as_bytes())
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let length = [payload.len(), payload.chars().count()];
    ensure!(
        length.iter().any(|length| notice.contains(&length.to_string())),
        "its length is not said: {notice}"
    );
    ensure!(notice.contains(&hash), "its hash is not said: {notice}");
    Ok(())
}

/// A key behind two hundred others is shown, and how many are not.
fn keys(seen: &Facts, last: Option<&serde_json::Value>) -> Check {
    let labels: Vec<String> = seen
        .iter()
        .filter(|fact| fact.kind() == FactKind::Argument)
        .map(|fact| fact.label().text().to_owned())
        .collect();
    for name in last.and_then(|last| last.as_object()).into_iter().flat_map(|last| last.keys()) {
        ensure!(labels.iter().any(|label| label.contains(name.as_str())), "`{name}` is not shown");
    }
    let missing = seen.get(FactKind::Hidden).map(Fact::text);
    if seen.is_whole() {
        ensure!(missing.is_none(), "values are missing, and yet it is taken for whole");
        return Ok(());
    }
    let cut = seen.iter().any(Fact::is_cut);
    let counted = missing.is_some_and(|words| words.chars().any(|c| c.is_ascii_digit()));
    ensure!(counted || cut, "nothing says how many values are not shown");
    Ok(())
}

/// An approval by somebody who saw a cut value does not count; one who opened it may approve.
pub(crate) async fn must_be_opened(payload: &str) -> Check {
    let approver = MockApprover::silent();
    let guardrail = Guardrail::for_tests(approver.clone());
    let builder = intent("deed", "attacks").arg("value", payload);
    let call = guardrail.authorize(builder);
    let mut call = std::pin::pin!(Context::new().scope(call));
    let people = async {
        loop {
            if let Some(request) = approver.requests().into_iter().next() {
                return votes(&guardrail, &request).await;
            }
            tokio::task::yield_now().await;
        }
    };
    let mut people = std::pin::pin!(people);
    let mut voted = false;
    loop {
        tokio::select! {
            biased;
            ended = &mut call => {
                ensure!(voted, "it ended before anybody voted: {:?}", ended.err());
                return ended.map(drop).map_err(|error| error.to_string());
            }
            check = &mut people, if !voted => {
                check?;
                voted = true;
            }
        }
    }
}

async fn votes(guardrail: &Guardrail, request: &ApprovalRequest) -> Check {
    let review = guardrail.review(request.id(), "narrow").await.map_err(|e| e.to_string())?;
    let digest = request.intent().digest();
    let nonce = review.show("").await.map_err(|error| error.to_string())?;
    let mock = || Identity::person("mock");
    let cast = review.cast(Vote::approve(mock(), Seen::partly(digest, nonce))).await;
    let cast = cast.map_err(|error| error.to_string())?;
    ensure!(cast == Cast::Refused(VoteRefusal::NotWhole), "a blind approval is {cast:?}");
    let fresh = guardrail.review(request.id(), "narrow").await.map_err(|e| e.to_string())?;
    ensure!(fresh.request().recorded_state() == State::Pending, "the blind approval decided");
    let cast = review.cast(Vote::approve(mock(), Seen::whole(digest, nonce))).await;
    let cast = cast.map_err(|error| error.to_string())?;
    ensure!(matches!(cast, Cast::Counted(_)), "an approval of what was opened is {cast:?}");
    Ok(())
}
