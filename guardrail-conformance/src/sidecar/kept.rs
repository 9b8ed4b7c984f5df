//! What is kept.

use guardrail_core::audit::sidecar::{Label, Opening, Sidecar};

use super::SidecarFactory;
use super::samples::{Samples, is_gone, opens};
use crate::broken::{Broken, ensure};
use crate::events::HOSTILE;

/// What is kept opens, byte for byte.
pub(super) async fn what_is_kept_opens<F: SidecarFactory>(factory: &F) -> Result<(), Broken> {
    let sidecar = factory.fresh().await;
    let samples = Samples::new();
    let openings = samples.openings(16)?;
    sidecar.keep(&openings).await?;
    for kept in &openings {
        opens(&sidecar, kept).await?;
    }
    let one = samples.openings(1)?;
    sidecar.keep(&one).await?;
    for kept in openings.iter().chain(&one) {
        opens(&sidecar, kept).await?;
    }
    sidecar.keep(&[]).await?;
    Ok(())
}

/// What was never kept is not there: the value under another request's id neither.
pub(super) async fn what_is_not_kept_is_not_there<F: SidecarFactory>(
    factory: &F,
) -> Result<(), Broken> {
    let sidecar = factory.fresh().await;
    let samples = Samples::new();
    let openings = samples.openings(2)?;
    for opening in &openings {
        is_gone(&sidecar, opening.label()).await?;
    }
    sidecar.keep(&openings).await?;
    let [first, second] = openings.as_slice() else { return Ok(()) };
    let crossed = Label { request: first.label().request, commitment: second.label().commitment };
    is_gone(&sidecar, crossed).await
}

/// To keep an opening that is there already changes nothing.
pub(super) async fn keeping_again_changes_nothing<F: SidecarFactory>(
    factory: &F,
) -> Result<(), Broken> {
    let sidecar = factory.fresh().await;
    let openings = Samples::new().openings(3)?;
    for _ in 0..3 {
        sidecar.keep(&openings).await?;
    }
    for kept in &openings {
        opens(&sidecar, kept).await?;
    }
    let listed = sidecar.labels(None, usize::MAX).await?;
    ensure!(listed.len() == 3, "{} are listed, and three were kept", listed.len());
    Ok(())
}

/// Labels are listed in their order, page by page, and everything that is kept is in one of them.
pub(super) async fn labels_list_everything_in_order<F: SidecarFactory>(
    factory: &F,
) -> Result<(), Broken> {
    let sidecar = factory.fresh().await;
    let samples = Samples::new();
    let mut openings = samples.openings(20)?;
    let request = samples.request()?;
    for n in 0..5 {
        openings.push(samples.opening(request, "/same", &n.to_string())?);
    }
    sidecar.keep(&openings).await?;
    let mut expected: Vec<Label> = openings.iter().map(Opening::label).collect();
    expected.sort_unstable();
    for limit in [1, 2, 7, 25, 1000, usize::MAX] {
        let mut listed: Vec<Label> = Vec::new();
        loop {
            let page = sidecar.labels(listed.last().copied(), limit).await?;
            ensure!(page.len() <= limit, "a page of {limit} holds {}", page.len());
            if page.is_empty() {
                break;
            }
            listed.extend(page);
            ensure!(listed.len() <= expected.len(), "in pages of {limit} they never end");
        }
        ensure!(listed == expected, "in pages of {limit} they are not what was kept");
    }
    let none = sidecar.labels(None, 0).await?;
    ensure!(none.is_empty(), "a page of none holds {}", none.len());
    Ok(())
}

/// Places and values may hold anything, and never become a path, a statement or a name.
pub(super) async fn hostile_places_and_values_come_back<F: SidecarFactory>(
    factory: &F,
) -> Result<(), Broken> {
    let sidecar = factory.fresh().await;
    let samples = Samples::new();
    let long = "x".repeat(100_000);
    let hostile = [
        "",
        "/",
        "/../../../../etc/passwd",
        "/..",
        "..\\..\\x",
        "/a\0b",
        "'; DROP TABLE guardrail_record; --",
        "$1 ?1 %s {}",
        HOSTILE,
        &long,
    ];
    let request = samples.request()?;
    let mut openings = Vec::new();
    for place in hostile {
        for value in hostile {
            openings.push(samples.opening(request, place, value)?);
        }
    }
    sidecar.keep(&openings).await?;
    for kept in &openings {
        opens(&sidecar, kept).await?;
    }
    let labels: Vec<Label> = openings.iter().map(Opening::label).collect();
    let erased = sidecar.erase(&labels).await?;
    ensure!(erased == labels.len(), "{erased} of {} were erased", labels.len());
    let left = sidecar.labels(None, usize::MAX).await?;
    ensure!(left.is_empty(), "{} are left", left.len());
    Ok(())
}

/// Calls keep at the same time, and none gets in the way of another.
pub(super) async fn many_are_kept_at_once<F: SidecarFactory>(factory: &F) -> Result<(), Broken> {
    let sidecar = std::sync::Arc::new(factory.fresh().await);
    let openings = Samples::new().openings(64)?;
    let mut tasks = tokio::task::JoinSet::new();
    for opening in openings.clone() {
        let sidecar = std::sync::Arc::clone(&sidecar);
        tasks.spawn(async move {
            sidecar.keep(std::slice::from_ref(&opening)).await?;
            opens(&*sidecar, &opening).await
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    for kept in &openings {
        opens(&*sidecar, kept).await?;
    }
    Ok(())
}

/// What `keep` has returned from is there after a restart.
pub(super) async fn nothing_kept_is_lost_by_a_restart<F: SidecarFactory>(
    factory: &F,
) -> Result<(), Broken> {
    let sidecar = factory.fresh().await;
    let openings = Samples::new().openings(9)?;
    sidecar.keep(&openings).await?;
    let Some(sidecar) = factory.reopen(sidecar).await else { return Ok(()) };
    for kept in &openings {
        opens(&sidecar, kept).await?;
    }
    Ok(())
}

/// Nothing of salt or value is printed.
pub(super) async fn nothing_of_an_opening_is_printed<F: SidecarFactory>(
    factory: &F,
) -> Result<(), Broken> {
    let sidecar = factory.fresh().await;
    let samples = Samples::new();
    let value = samples.text(40)?;
    let opening = samples.opening(samples.request()?, "/x", &value)?;
    sidecar.keep(std::slice::from_ref(&opening)).await?;
    let opened = sidecar.open(&opening.label()).await?;
    let printed = format!("{sidecar:?} {opened:?} {opened:#?}");
    let salt: String = opening.salt().expose().iter().map(|byte| format!("{byte:02x}")).collect();
    ensure!(!printed.contains(&value) && !printed.contains(&salt), "it is printed: {printed}");
    Ok(())
}
