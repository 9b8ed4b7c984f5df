//! Scenarios: steps read from their words, played for real, and held against what must come of
//! them.

mod child;
mod deed;
mod ends;
mod passage;
mod play;
mod reading;
mod step;
mod wire;
mod words;
mod world;

use crate::corpus::Entry;
use crate::ensure;
use crate::payload::Payload;
use crate::trial::Check;
use crate::words::Expect;
pub(crate) use child::alone;
use play::{Play, flat};
use step::Step;

/// What a scenario, or its end, waits for: a reader of words nobody understands yet, or edits.
pub(crate) fn waits(steps: &[String]) -> Vec<String> {
    let read: Vec<Result<Vec<Step>, String>> =
        steps.iter().map(|words| reading::read(words)).collect();
    let unknown = read.iter().filter_map(|step| step.as_ref().err());
    let mut waits: Vec<String> =
        unknown.map(|words| format!("a reader of the step `{words}`")).collect();
    let known: Vec<Step> = read.into_iter().filter_map(Result::ok).flatten().collect();
    if step::rests_on_an_edit(&known) {
        waits.push("edits".to_owned());
    }
    waits
}

pub(crate) async fn run(entry: &Entry) -> Check {
    let Payload::Steps(words) = &entry.payload else {
        return Err("a scenario is a list of steps".to_owned());
    };
    let steps: Result<Vec<Vec<Step>>, String> =
        words.iter().map(|words| reading::read(words)).collect();
    let steps = steps?.concat();
    played(entry.expect, &steps, false).await?;
    // Who comes first makes no difference.
    if let [Step::Together(left, right)] = steps.as_slice() {
        let turned = [Step::Together(right.clone(), left.clone())];
        played(entry.expect, &turned, false).await?;
    }
    // What a crash leaves behind, a log on disk must tell by itself.
    if flat(&steps).iter().any(|step| matches!(step, Step::Kill(_) | Step::Restart)) {
        played(entry.expect, &steps, true).await.map_err(|why| format!("on disk: {why}"))?;
    }
    if steps.iter().any(|step| matches!(step, Step::Kill(_))) {
        killed(entry, &steps).await.map_err(|why| format!("killed for real: {why}"))?;
    }
    Ok(())
}

async fn played(expect: Expect, steps: &[Step], file: bool) -> Check {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut play = Play::new(steps, folder.path(), file).await?;
    play.play(steps).await?;
    judged(expect, steps, play).await
}

/// Another process plays the steps up to its death, and is killed there; this one goes on.
async fn killed(entry: &Entry, steps: &[Step]) -> Check {
    let at = steps.iter().position(|step| matches!(step, Step::Kill(_)));
    let Some((at, Step::Kill(moment))) = at.and_then(|at| Some((at, steps.get(at)?))) else {
        return Err("nobody dies".to_owned());
    };
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    child::dies(entry, folder.path())?;
    let mut play = Play::resumed(steps, *moment, folder.path());
    play.play(steps.get(at + 1..).unwrap_or_default()).await?;
    judged(entry.expect, steps, play).await
}

async fn judged(expect: Expect, steps: &[Step], mut play: Play) -> Check {
    let judged = ends::judge(expect, steps, &mut play).await;
    if let Err(why) = judged {
        let story: Vec<String> =
            play.world.records().await?.iter().map(|r| r.event().name().to_owned()).collect();
        return Err(format!("{why}; the log says {}", story.join(", ")));
    }
    ensure!(play.world.alive().is_ok(), "no process is left to look at the log");
    ends::lawful(&play).await
}
