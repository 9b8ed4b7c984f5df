//! A process may end at any moment, and the approver is called again by the next.

use super::bed::Bed;
use super::{ApproverFactory, Play};
use crate::broken::{Broken, ensure};

/// Dropped after so many polls, from the first to long after the answer.
const CUTS: [usize; 8] = [1, 2, 3, 5, 8, 13, 30, 60];

/// A review can be dropped at any await. Called again, it brings the request before the person
/// again where it still waits; a vote is cast once, whatever was dropped.
pub(super) async fn it_can_be_dropped_at_any_await_and_called_again<F: ApproverFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    for cut in CUTS {
        let scene = bed.cut_scene(Play::Approve, Some(cut)).await?;
        let end = scene.end(scene.deploy("one")).await?;
        ensure!(end.is_ok(), "dropped after {cut} polls: {end:?}");
        let votes = scene.votes().await?.len();
        ensure!(votes == 1, "dropped after {cut} polls, there are {votes} votes");
        scene.approver.ended(1).await;
    }
    Ok(())
}
