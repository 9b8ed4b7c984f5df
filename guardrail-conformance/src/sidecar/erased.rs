//! What is erased.

use std::collections::HashSet;

use guardrail_core::audit::sidecar::{Label, Opening, Sidecar};

use super::SidecarFactory;
use super::samples::{Samples, is_gone, opens};
use crate::broken::{Broken, ensure};

/// What is erased is gone, and only that, and it is said how many there were.
pub(super) async fn what_is_erased_is_gone<F: SidecarFactory>(factory: &F) -> Result<(), Broken> {
    let sidecar = factory.fresh().await;
    let openings = Samples::new().openings(12)?;
    sidecar.keep(&openings).await?;
    let (gone, left) = openings.split_at(5);
    let labels: Vec<Label> = gone.iter().map(Opening::label).collect();
    let erased = sidecar.erase(&labels).await?;
    ensure!(erased == 5, "{erased} of 5 were erased");
    for label in labels {
        is_gone(&sidecar, label).await?;
    }
    for kept in left {
        opens(&sidecar, kept).await?;
    }
    Ok(())
}

/// To erase what is not there, or not any more, is no error.
pub(super) async fn erasing_again_is_no_error<F: SidecarFactory>(
    factory: &F,
) -> Result<(), Broken> {
    let sidecar = factory.fresh().await;
    let samples = Samples::new();
    let never: Vec<Label> = samples.openings(3)?.iter().map(Opening::label).collect();
    let never = sidecar.erase(&never).await?;
    ensure!(never == 0, "{never} were erased that were never kept");
    let openings = samples.openings(3)?;
    let labels: Vec<Label> = openings.iter().map(Opening::label).collect();
    let [first, ..] = labels.as_slice() else { return Ok(()) };
    sidecar.keep(&openings).await?;
    for expected in [1, 0, 0] {
        let erased = sidecar.erase(&[*first]).await?;
        ensure!(erased == expected, "{erased} were erased, not {expected}");
    }
    let erased = sidecar.erase(&labels).await?;
    ensure!(erased == 2, "{erased} were erased, and two were there");
    let none = sidecar.erase(&[]).await?;
    ensure!(none == 0, "{none} of none were erased");
    Ok(())
}

/// Another value of the same request, and an equal value of another one, still open.
pub(super) async fn what_is_not_erased_still_opens<F: SidecarFactory>(
    factory: &F,
) -> Result<(), Broken> {
    let sidecar = factory.fresh().await;
    let samples = Samples::new();
    let (one, other) = (samples.request()?, samples.request()?);
    let kept = [
        samples.opening(one, "/iban", "\"DE89\"")?,
        samples.opening(one, "/name", "\"Alice\"")?,
        samples.opening(other, "/iban", "\"DE89\"")?,
    ];
    sidecar.keep(&kept).await?;
    let [erased, left @ ..] = &kept;
    sidecar.erase(&[erased.label()]).await?;
    is_gone(&sidecar, erased.label()).await?;
    for kept in left {
        opens(&sidecar, kept).await?;
    }
    Ok(())
}

/// No byte of salt or value is left in the files, in whatever order things were kept and erased, and
/// whatever was moved about meanwhile.
pub(super) async fn no_byte_of_what_is_erased_is_left<F: SidecarFactory>(
    factory: &F,
) -> Result<(), Broken> {
    let sidecar = factory.fresh().await;
    let samples = Samples::new();
    let mut openings = samples.openings(240)?;
    for part in openings.chunks(8) {
        sidecar.keep(part).await?;
    }
    // Every third stays, and others come while the rest goes.
    let (mut left, mut gone) = (Vec::new(), Vec::new());
    for (n, opening) in openings.drain(..).enumerate() {
        if n % 3 == 0 { left.push(opening) } else { gone.push(opening) }
    }
    let Some(before) = factory.bytes(&sidecar).await else { return Ok(()) };
    for part in gone.chunks(16) {
        let labels: Vec<Label> = part.iter().map(Opening::label).collect();
        sidecar.erase(&labels).await?;
        let come = samples.openings(4)?;
        sidecar.keep(&come).await?;
        left.extend(come);
    }
    let behind = factory.bytes(&sidecar).await.unwrap_or_default();
    let values = gone.iter().flat_map(values).collect();
    let salts = gone.iter().flat_map(salts).collect();
    // What is not found before it is erased would not be found after.
    let (shown, looked) = (found(&before, &values), values.len());
    ensure!(shown.len() == looked, "{} of {looked} stretches of values are found", shown.len());
    let half = found(&before, &salts).len() * 2;
    ensure!(half == salts.len(), "salts are kept neither as bytes nor as digits");
    for (what, parts) in [("a value", values), ("a salt", salts)] {
        let rest = found(&behind, &parts).len();
        ensure!(rest == 0, "{rest} stretches of {what} that was erased are left");
    }
    for kept in &left {
        opens(&sidecar, kept).await?;
    }
    Ok(())
}

/// Long enough to be found by no chance, and short enough to lie in one page.
const PART: usize = 12;

type Part = [u8; PART];

/// Stretches of the value from its beginning, middle and end.
fn values(opening: &Opening) -> Vec<Part> {
    let value = opening.expose().as_bytes();
    let last = value.len().saturating_sub(PART + 1);
    let at = |start: usize| value.get(start..)?.first_chunk().copied();
    if value.len() < PART * 3 {
        vec![]
    } else {
        [1, last / 2, last].into_iter().filter_map(at).collect()
    }
}

/// The beginning of the salt, as bytes and as digits.
fn salts(opening: &Opening) -> Vec<Part> {
    let salt = opening.salt().expose();
    let digits: String = salt.iter().map(|byte| format!("{byte:02x}")).collect();
    let starts = [salt.first_chunk(), digits.as_bytes().first_chunk()];
    starts.into_iter().flatten().copied().collect()
}

/// Which of these stand somewhere in there.
fn found(bytes: &[u8], parts: &HashSet<Part>) -> HashSet<Part> {
    let windows = bytes.array_windows::<PART>();
    windows.filter(|window| parts.contains(*window)).copied().collect()
}

/// What `erase` has returned from is gone after a restart.
pub(super) async fn what_is_erased_stays_gone_after_a_restart<F: SidecarFactory>(
    factory: &F,
) -> Result<(), Broken> {
    let sidecar = factory.fresh().await;
    let openings = Samples::new().openings(6)?;
    sidecar.keep(&openings).await?;
    let (gone, left) = openings.split_at(3);
    let labels: Vec<Label> = gone.iter().map(Opening::label).collect();
    sidecar.erase(&labels).await?;
    let Some(sidecar) = factory.reopen(sidecar).await else { return Ok(()) };
    for label in labels {
        is_gone(&sidecar, label).await?;
    }
    for kept in left {
        opens(&sidecar, kept).await?;
    }
    Ok(())
}
