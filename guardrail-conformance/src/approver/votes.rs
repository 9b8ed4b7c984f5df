//! A vote is what one person did, and nothing else.

use guardrail_core::approver::Approver as _;
use guardrail_core::model::{AuditEvent, Choice, Intent, VoteRefusal};

use super::bed::{ALICE, BOB, Bed};
use super::{ApproverFactory, Play};
use crate::broken::{Broken, ensure};

/// The name of a channel is short, printable, and the same at every call.
pub(super) async fn the_name_of_a_channel_is_short_and_stays<F: ApproverFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let scene = bed.scene(Play::Nothing).await?;
    let name = scene.approver.channel().to_owned();
    let printable = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic());
    ensure!(name.len() <= 64 && printable, "`{name}` is no name");
    ensure!(scene.approver.channel() == name, "`{name}` changes");
    Ok(())
}

/// An approval is on record as that of the person in front, for what they saw, whole.
pub(super) async fn an_approval_is_that_of_the_person_in_front<F: ApproverFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let scene = bed.scene(Play::Approve).await?;
    let intent = Intent::builder("deploy").policy("one").arg("version", &7);
    scene.end(scene.call(intent)).await??;
    let [vote] = &scene.votes().await?[..] else {
        return Err(Broken::new("one answer is one vote".to_owned()));
    };
    ensure!(vote.person.as_str() == ALICE, "`{}` voted", vote.person);
    ensure!(&*vote.channel == scene.approver.channel(), "in channel `{}`", vote.channel);
    ensure!(vote.choice == Choice::Approve && vote.whole, "it says {vote:?}");
    scene.until_shown("deploy").await
}

/// A denial ends the request, and its reason is the person's, word for word.
pub(super) async fn a_denial_carries_its_reason<F: ApproverFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let scene = bed.scene(Play::Deny("not before monday".to_owned())).await?;
    let end = scene.end(scene.deploy("one")).await?;
    ensure!(end.is_err(), "it ran");
    let [vote] = &scene.votes().await?[..] else {
        return Err(Broken::new("one answer is one vote".to_owned()));
    };
    ensure!(vote.choice == Choice::Deny && vote.person.as_str() == ALICE, "it says {vote:?}");
    ensure!(vote.reason.as_deref() == Some("not before monday"), "for {:?}", vote.reason);
    Ok(())
}

/// A vote spends a nonce that this channel had shown before.
pub(super) async fn a_vote_spends_what_was_shown_before<F: ApproverFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let scene = bed.scene(Play::Approve).await?;
    scene.end(scene.deploy("one")).await??;
    let mut shown = Vec::new();
    for record in scene.records().await? {
        match record.event() {
            AuditEvent::Posted(posted) if &*posted.channel == scene.approver.channel() => {
                shown.push(posted.nonce);
            }
            AuditEvent::Voted(voted) => {
                ensure!(shown.contains(&voted.nonce), "it spends what was never shown");
                return Ok(());
            }
            _ => {}
        }
    }
    Err(Broken::new("nobody voted".to_owned()))
}

/// A vote that does not count is explained to its person.
pub(super) async fn a_refused_vote_is_explained_and_counts_for_nothing<F: ApproverFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let scene = bed.scene(Play::Approve).await?;
    let intent = Intent::builder("deploy").policy("two").on_behalf_of(ALICE);
    let call = scene.call(intent);
    scene.until_shown(&VoteRefusal::RequestingSide.to_string()).await?;
    let refused = scene.records().await?.iter().any(|record| {
        matches!(record.event(), AuditEvent::VoteRefused { why: VoteRefusal::RequestingSide, .. })
    });
    ensure!(refused, "the refused vote is not on record");
    ensure!(scene.votes().await?.is_empty(), "it counts");
    call.abort();
    Ok(())
}

/// The vote of the person in front is one of two: it does not decide alone, and is not cast twice.
pub(super) async fn two_people_are_two_votes<F: ApproverFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let scene = bed.scene(Play::Approve).await?;
    let call = scene.deploy("two");
    let mut voted = 0;
    while voted == 0 {
        let grown = scene.records().await?.last().map(|record| record.sequence());
        voted = scene.votes().await?.len();
        if let (0, Some(seen)) = (voted, grown) {
            scene.guardrail.audit_log().grown(seen).await?;
        }
    }
    ensure!(!call.is_finished(), "one approval of two let it run");
    scene.bob(Choice::Approve).await?;
    scene.end(call).await??;
    let people: Vec<String> =
        scene.votes().await?.iter().map(|vote| vote.person.to_string()).collect();
    ensure!(people == [ALICE, BOB], "voted: {people:?}");
    Ok(())
}

/// Requests that wait at one time each get the vote that was given for them.
pub(super) async fn requests_at_one_time_get_their_own_answers<F: ApproverFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let scene = bed.scene(Play::Approve).await?;
    let calls: Vec<_> = (0..3)
        .map(|n| scene.call(Intent::builder("deploy").policy("one").arg("version", &n)))
        .collect();
    for call in calls {
        scene.end(call).await??;
    }
    // Digest against request is judged with every vote; here it is that none is missing.
    let votes = scene.votes().await?.len();
    ensure!(votes == 3, "3 requests have {votes} votes");
    Ok(())
}
