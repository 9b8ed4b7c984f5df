//! What must have come of a scenario, one function for each word.

use std::collections::HashMap;

use guardrail::{AuditEvent, Cast, Error, RequestId, State};

use super::play::{Attempt, Play, flat};
use super::step::Step;
use super::world::TIMEOUT;
use crate::ensure;
use crate::trial::Check;
use crate::words::Expect;

/// Plays what is left to be played, and judges.
pub(crate) async fn judge(expect: Expect, steps: &[Step], play: &mut Play) -> Check {
    match expect {
        Expect::StillPending => still_pending(play).await,
        Expect::NoStateChange => no_state_change(play).await,
        Expect::OneTerminalState => one_terminal_state(play).await,
        Expect::AtWorstExpired => at_worst_expired(play).await,
        _ => {
            let attempt = play.last.clone();
            finish(steps, play).await?;
            let runs = play.world.runs();
            match expect {
                Expect::OneExecution | Expect::Accept => {
                    ensure!(runs == 1, "the body ran {runs} times: {:?}", play.world.ended);
                    Ok(())
                }
                Expect::ZeroOrOneExecution => {
                    ensure!(runs <= 1, "the body ran {runs} times");
                    Ok(())
                }
                Expect::NoExecution => {
                    ensure!(runs == 0, "the body ran {runs} times");
                    Ok(())
                }
                Expect::BodyGetsP1OrRefused => {
                    let given = play.world.deeds.values().flat_map(|deed| deed.given());
                    let other: Vec<String> = given.filter(|given| given != "p1").collect();
                    ensure!(other.is_empty() && runs <= 1, "the body was given {other:?}");
                    Ok(())
                }
                Expect::DriftReported => drift_reported(play).await,
                Expect::ReportedUnknownNotRerun => unknown_not_rerun(play).await,
                Expect::Reject => rejected(play, attempt).await,
                other => Err(format!("`{}` is no end of a scenario", other.word())),
            }
        }
    }
}

/// Lets everything happen that the steps leave open: people approve, what is approved starts, a
/// process that died begins again.
async fn finish(steps: &[Step], play: &mut Play) -> Check {
    if play.has_died() && !play.restarted {
        play.restart().await?;
    }
    let waits = play.world.state(&play.key.clone()).await? == State::Pending;
    let silent = flat(steps).contains(&&Step::Silence) && play.votes.is_empty();
    if silent && waits {
        return play.pass(TIMEOUT + std::time::Duration::from_secs(1)).await;
    }
    if !play.has_died() || (waits && play.votes.is_empty()) {
        play.voted().await?;
    }
    for deed in play.world.deeds.values() {
        deed.hold(false);
    }
    let withdrawn = flat(steps).iter().any(|step| matches!(step, Step::Withdraw));
    if !withdrawn && !play.has_died() && !play.released {
        play.release().await?;
    }
    // What waits for a timer, as the retries of a record do, has it now.
    tokio::time::advance(std::time::Duration::from_secs(30)).await;
    play.world.settle().await;
    Ok(())
}

async fn still_pending(play: &mut Play) -> Check {
    let key = play.key.clone();
    let state = play.world.state(&key).await?;
    ensure!(state == State::Pending, "the request is {state}: {:?}", play.votes);
    let request = play.world.request(&key).await?.ok_or("there is no request")?;
    ensure!(!request.tally().is_complete(), "enough people have approved");
    ensure!(play.world.runs() == 0, "the body ran");
    Ok(())
}

async fn no_state_change(play: &mut Play) -> Check {
    let (before, now) = (play.before.clone(), play.standing().await?);
    let before = before.ok_or("nothing happened")?;
    ensure!(
        before.runs == now.runs && before.votes == now.votes,
        "it was {before:?} and is {now:?}"
    );
    for (key, state) in &before.states {
        let after = now.states.iter().find(|(other, _)| other == key).map(|(_, state)| *state);
        ensure!(after == Some(*state), "`{key}` was {state} and is {after:?}");
    }
    Ok(())
}

/// One decision, whichever; both votes once more change nothing; it ran if it was approved.
async fn one_terminal_state(play: &mut Play) -> Check {
    play.voted().await?;
    let key = play.key.clone();
    let state = play.world.state(&key).await?;
    ensure!(state != State::Pending, "nothing is decided: {:?}", play.votes);
    for (thrown, _) in play.votes.clone() {
        let cast = play.world.throw(&key, &thrown).await;
        ensure!(matches!(cast, Ok(Cast::Refused(_))), "once more, the vote is {cast:?}");
    }
    ensure!(play.world.state(&key).await? == state, "votes once more changed the decision");
    play.release().await?;
    let runs = play.world.runs();
    let may = matches!(state, State::Approved | State::Started | State::Completed);
    ensure!(runs == usize::from(may), "{state}, and the body ran {runs} times");
    Ok(())
}

/// Time only ever refuses: who votes too late does not count, and nothing runs by itself.
async fn at_worst_expired(play: &mut Play) -> Check {
    let key = play.key.clone();
    let voted_before = play.votes.iter().any(|(_, cast)| matches!(cast, Ok(Cast::Counted(_))));
    let state = play.world.state(&key).await?;
    let late = play.passed >= TIMEOUT;
    if !voted_before {
        ensure!(play.world.runs() == 0, "the body ran, and nobody had approved");
        let expected = if late { State::Expired } else { State::Pending };
        ensure!(state == expected, "the request is {state}");
        play.voted().await?;
        let counted = matches!(play.last, Some(Attempt::Vote(Ok(Cast::Counted(_)))));
        ensure!(counted != late, "a vote at this time is {:?}", play.last);
    }
    play.release().await?;
    let runs = play.world.runs();
    let most = usize::from(voted_before || !late);
    ensure!(runs <= most, "the body ran {runs} times");
    Ok(())
}

/// It did not run, the agent was told why, and the log says so.
async fn drift_reported(play: &Play) -> Check {
    ensure!(play.world.runs() == 0, "the body ran");
    let told =
        play.world.ended.iter().any(|(_, end)| matches!(end, Err(Error::IntentChanged { .. })));
    ensure!(told, "nobody was told: {:?}", play.world.ended);
    let state = play.world.state(&play.key).await?;
    ensure!(state == State::Aborted, "the log holds it as {state}");
    Ok(())
}

/// It began once, nobody knows how it ended, and whoever asks again is told that.
async fn unknown_not_rerun(play: &mut Play) -> Check {
    let runs = play.world.runs();
    // Killed behind the start, it may not have begun: nobody can tell.
    let least = usize::from(!play.died_behind_start());
    ensure!((least..=1).contains(&runs), "the body began {runs} times");
    let state = play.world.state(&play.key.clone()).await?;
    ensure!(state == State::Unknown, "the log holds it as {state}");
    play.retry().await?;
    let told = matches!(play.last, Some(Attempt::Call(Err(Error::OutcomeUnknown { .. }))));
    ensure!(told, "the next call is {:?}", play.last);
    ensure!(play.world.runs() == runs, "it ran again");
    Ok(())
}

/// The last attempt of the steps came to nothing; or, where that was a vote that counts, what came
/// of it once everything was released.
async fn rejected(play: &Play, attempt: Option<Attempt>) -> Check {
    let refused = |attempt: &Attempt| match attempt {
        Attempt::Vote(cast) => !matches!(cast, Ok(Cast::Counted(_))),
        Attempt::Call(end) => end.is_err(),
    };
    let in_steps = attempt.filter(&refused);
    let Some(attempt) = in_steps.clone().or_else(|| play.last.clone()) else {
        return Err("nothing was attempted".to_owned());
    };
    ensure!(refused(&attempt), "the last attempt is {attempt:?}");
    let state = play.world.state(&play.key).await?;
    // A call refused for its key says nothing of the call that has the key.
    let other = matches!(attempt, Attempt::Call(Err(Error::KeyReused { .. })));
    ensure!(other || state != State::Completed, "the request is {state}");
    let reused = play.world.deeds.iter().filter(|(key, _)| key.ends_with("-reused"));
    for (_, deed) in reused {
        ensure!(deed.given().is_empty(), "a call with a used key ran");
    }
    Ok(())
}

/// What holds of every log: one decision, one start, and no start without an approval.
pub(crate) async fn lawful(play: &Play) -> Check {
    let mut lives: HashMap<RequestId, Vec<AuditEvent>> = HashMap::new();
    for record in play.world.records().await? {
        lives.entry(record.id()).or_default().push(record.event().clone());
    }
    for (id, life) in lives.iter().filter(|(id, _)| **id != RequestId::LOG) {
        let names: Vec<&str> = life.iter().map(AuditEvent::name).collect();
        let count = |of: &[&str]| names.iter().filter(|name| of.contains(name)).count();
        ensure!(count(&["requested"]) == 1, "{id} was asked more than once: {names:?}");
        let decisions = count(&["approved", "denied", "expired", "withdrawn"]);
        ensure!(decisions <= 1, "{id} was decided twice: {names:?}");
        ensure!(count(&["started", "lapsed"]) <= 1, "{id} started twice: {names:?}");
        let started = names.iter().position(|name| *name == "started");
        let approved = names.iter().position(|name| *name == "approved");
        ensure!(started.is_none() || approved < started, "{id} started unapproved: {names:?}");
    }
    let started = lives.values().flatten().filter(|event| event.name() == "started").count();
    ensure!(play.world.runs() <= started, "a body ran without a start on record");
    Ok(())
}
