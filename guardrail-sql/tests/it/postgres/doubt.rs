//! A body in a transaction whose connection is lost: what became of it is found out.

use std::sync::Arc;

use guardrail_core::gate::Error;
use guardrail_core::model::State;
use guardrail_sql::RunIn as _;

use super::cut::{Cut, Wire};
use super::server;
use super::transaction::{Bed, Failure, id, of_gate};

/// The commit is lost on the way, and the server holds the transaction open until its time is over: that
/// long nobody can say, and then the server can.
#[tokio::test]
async fn a_commit_in_doubt_is_asked_for_until_the_server_knows() {
    let Some(server) = server::server() else { return };
    let wire = Wire::lay(server.port(), u64::MAX, Cut::Parted).await;
    let cuts = Arc::clone(&wire);
    let cut = move |step| {
        if step == "transaction appended" {
            cuts.cut_after(1);
        }
    };
    let bed = Bed::with(server, &wire.url(), cut).await;
    let permit = bed.permit().await;
    let request = id(&permit);
    let ran = permit.run_in(&bed.log, async |on| {
        sqlx::query(bed.effect()).bind("x").execute(&mut *on).await?;
        Ok::<_, Failure>(())
    });
    let error = of_gate(ran.await);
    assert!(wire.was_cut());
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    bed.check(request, State::Failed).await;
}

/// The connection is cut at every point in turn: the effect is there exactly where its outcome is.
async fn cut(cut: Cut) {
    let Some(server) = server::server() else { return };
    let mut committed = 0;
    for n in 1.. {
        let wire = Wire::lay(server.port(), u64::MAX, cut).await;
        let bed = Bed::over(Arc::clone(&server), &wire.url()).await;
        let permit = bed.permit().await;
        let request = id(&permit);
        wire.cut_after(n);
        let ran = permit.run_in(&bed.log, async |on| {
            sqlx::query(bed.effect()).bind("x").execute(&mut *on).await?;
            Ok::<_, Failure>(())
        });
        let ran = ran.await;
        let state = bed.state(request).await;
        let done = state == State::Completed;
        assert_eq!(bed.effects().await, i64::from(done), "{cut:?} at {n}: {state}, {ran:?}");
        assert_eq!(ran.is_ok(), done, "{cut:?} at {n}: {state}, {ran:?}");
        assert_ne!(state, State::Started, "{cut:?} at {n}: an end is on record: {ran:?}");
        committed += u64::from(done);
        if !wire.was_cut() {
            // Of the lost answers one was that of the commit: it is looked up.
            let at_least = if cut == Cut::Answer { 2 } else { 1 };
            assert!(n > 5 && committed >= at_least, "{n} things were said, {committed} committed");
            return;
        }
    }
}

#[tokio::test]
async fn cut_before_it_is_heard_effect_and_outcome_are_both_there_or_neither() {
    cut(Cut::Question).await;
}

#[tokio::test]
async fn cut_before_its_answer_effect_and_outcome_are_both_there_or_neither() {
    cut(Cut::Answer).await;
}
