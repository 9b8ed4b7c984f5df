//! An approver stays while people are asked, hears when they no longer are, and then leaves.

use guardrail_core::approver::Approver as _;
use guardrail_core::model::{AuditEvent, Choice, Identity};

use super::bed::{BOB, Bed, Scene};
use super::watched::End;
use super::{ApproverFactory, Play};
use crate::broken::{Broken, ensure};

/// Where nobody answers, nobody votes: the request expires, and the approver leaves.
pub(super) async fn nobody_votes_for_a_person_who_does_nothing<F: ApproverFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let scene = bed.scene(Play::Nothing).await?;
    let end = scene.end(scene.deploy("short")).await?;
    ensure!(end.is_err(), "it ran");
    let names = names(&scene).await?;
    ensure!(names.contains(&"expired"), "it did not expire: {names:?}");
    ensure!(!names.contains(&"voted") && !names.contains(&"vote_refused"), "{names:?}");
    returned(&scene).await
}

/// While the request waits, whatever else happens to it, the approver stays.
pub(super) async fn it_stays_while_the_request_waits<F: ApproverFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let scene = bed.scene(Play::Nothing).await?;
    let call = scene.deploy("two");
    scene.until_shown("deploy").await?;
    let review = scene.guardrail.review(scene.waiting().await?, "elsewhere").await?;
    review.comment(Identity::person(BOB), "I am looking at it").await?;
    scene.bob(Choice::Approve).await?;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    ensure!(scene.approver.ends().is_empty(), "it left: {:?}", scene.approver.ends());
    call.abort();
    returned(&scene).await
}

/// A decision that comes from elsewhere is heard, and the approver leaves.
pub(super) async fn a_decision_from_elsewhere_is_heard<F: ApproverFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    for choice in [Choice::Approve, Choice::Deny] {
        let scene = bed.scene(Play::Nothing).await?;
        let call = scene.deploy("one");
        scene.until_shown("deploy").await?;
        scene.bob(choice).await?;
        let end = scene.end(call).await?;
        ensure!(end.is_ok() == (choice == Choice::Approve), "{choice:?} ended as {end:?}");
        returned(&scene).await?;
        let votes = scene.votes().await?.len();
        ensure!(votes == 1, "there are {votes} votes");
    }
    Ok(())
}

/// A call that goes away takes its request with it, and the approver leaves.
pub(super) async fn a_request_that_is_withdrawn_is_left<F: ApproverFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let scene = bed.scene(Play::Nothing).await?;
    let call = scene.deploy("one");
    scene.until_shown("deploy").await?;
    call.abort();
    returned(&scene).await?;
    let names = names(&scene).await?;
    ensure!(names.contains(&"withdrawn") && !names.contains(&"voted"), "{names:?}");
    Ok(())
}

/// A review of a request that is over returns, and adds no vote.
pub(super) async fn a_request_that_is_over_is_left_at_once<F: ApproverFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let scene = bed.scene(Play::Approve).await?;
    scene.end(scene.deploy("one")).await??;
    let requested =
        scene.records().await?.into_iter().find_map(|record| {
            matches!(record.event(), AuditEvent::Requested(_)).then(|| record.id())
        });
    let Some(id) = requested else { return Err(Broken::new("nothing was asked".to_owned())) };
    let review = scene.guardrail.review(id, scene.approver.channel()).await?;
    scene.approver.review(review).await?;
    let votes = scene.votes().await?.len();
    ensure!(votes == 1, "there are {votes} votes");
    Ok(())
}

/// Waits until the approver has left, and by itself.
async fn returned(scene: &Scene) -> Result<(), Broken> {
    let ends = scene.approver.ended(1).await;
    ensure!(ends == [End::Returned], "it did not return: {ends:?}");
    Ok(())
}

async fn names(scene: &Scene) -> Result<Vec<&'static str>, Broken> {
    const NAMES: [&str; 4] = ["voted", "vote_refused", "expired", "withdrawn"];
    let records = scene.records().await?;
    let known = |record: &std::sync::Arc<guardrail_core::audit::AuditRecord>| {
        NAMES.into_iter().find(|name| *name == record.event().name())
    };
    Ok(records.iter().filter_map(known).collect())
}
