//! Kills at every step: before, in and behind every append, write, sync and body, one after another.

use crate::child::Doom;
use crate::parent::chain::Chain;
use crate::parent::kill::When;
use crate::parent::tally::{Tally, wanted};

/// How many points of a recovery are tried: more than one with a torn end and some bodies left
/// unknown has.
const RECOVERY: u64 = 24;

/// Killed at the first point of its life, the second, and so on until it has fewer points than that;
/// and in between at every point of the recovery from such a kill. Then again with other times, until
/// there were enough kills.
#[test]
fn killed_at_every_step_it_loses_nothing_and_repeats_nothing() {
    let mut tally = Tally::default();
    let mut points = 0;
    for seed in 0.. {
        points = sweep(seed, &mut tally);
        if tally.kills >= wanted() - wanted() / 4 {
            break;
        }
    }
    let story = format!("{points} points a life; {tally}");
    // Kept by the test runner, and shown where the test fails or is asked to show it.
    std::io::Write::write_all(&mut std::io::stderr(), format!("{story}\n").as_bytes()).unwrap();
    for step in [
        "in a write",
        "in a recovery",
        "in a body",
        "while one waited for people",
        "with one approved and not started",
        "with one started, its body not begun",
        "at `half written`",
        "at `written`",
        "at `synced`",
        "at `before requested`",
        "at `behind requested`",
        "at `before approved`",
        "at `behind approved`",
        "at `before started`",
        "at `behind started`",
        "at `body begun`",
        "at `behind completed`",
        "at `truncated`",
    ] {
        assert!(tally.of(step) > 0, "no kill {step}: {story}");
    }
}

/// Returns how many points the longest life had.
fn sweep(seed: u64, tally: &mut Tally) -> u64 {
    let mut points = 1..;
    let mut recovery = (1..=RECOVERY).cycle();
    let mut killed = |chain: &mut Chain, point: Option<u64>| {
        let end = chain.live(Doom::Point(point.unwrap()), When::Done, tally);
        end.hit.is_some()
    };
    loop {
        let mut chain = Chain::new(seed);
        let first = killed(&mut chain, points.next());
        chain.tear();
        killed(&mut chain, recovery.next());
        let last = killed(&mut chain, points.next());
        if !first && !last {
            return points.start - 3;
        }
    }
}
