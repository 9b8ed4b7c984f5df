//! Kills at every step: before, in and behind every append, write, sync and body, one after another.

use crate::child::Doom;
use crate::parent::chain::Chain;
use crate::parent::kill::When;
use crate::parent::server::server;
use crate::parent::tally::{Share, Tally};
use crate::site::Site;

/// How many points of a recovery are tried: more than one with a torn end and some bodies left
/// unknown has.
const RECOVERY: u64 = 24;

/// About how many points a life has, without its recovery.
const POINTS: u64 = 300;

/// At least so many named points are hit where kills come at every step.
const NAMED: usize = 25;

/// What kills must hit on every log.
const PHASES: &[&str] = &[
    "in a recovery",
    "in a body",
    "while one waited for people",
    "with one approved and not started",
];

/// The same where they come at every step.
const STEPS: &[&str] = &[
    "with one started, its body not begun",
    "at `before requested`",
    "at `behind requested`",
    "at `before approved`",
    "at `behind approved`",
    "at `before started`",
    "at `behind started`",
    "at `body begun`",
    "at `behind completed`",
];

/// The same in files.
const IN_FILES: &[&str] = &[
    "in a write",
    "at `half written`",
    "at `written`",
    "at `synced`",
    "at `created`",
    "at `protected`",
    "at `truncated`",
];

/// The same in databases.
const IN_DATABASES: &[&str] =
    &["at `sql at once`", "at `sql begun`", "at `sql inserted`", "at `sql committed`"];

#[test]
fn killed_at_every_step_it_loses_nothing_and_repeats_nothing() {
    check(&|| Site::Files, IN_FILES, Share::FilesSteps);
}

#[test]
fn killed_at_every_step_sqlite_loses_nothing_and_repeats_nothing() {
    check(&|| Site::Sqlite, IN_DATABASES, Share::SqliteSteps);
}

#[test]
fn killed_at_every_step_postgres_loses_nothing_and_repeats_nothing() {
    let Some(server) = server() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let site = || runtime.block_on(Site::postgres(&server));
    check(&site, IN_DATABASES, Share::PostgresSteps);
}

/// Killed at the first point of its life, the second, and so on until it has fewer points than that;
/// and in between at every point of the recovery from such a kill. Then again with other times, until
/// there were enough kills. Where fewer are asked for than a life has points, some are left out.
fn check(site: &dyn Fn() -> Site, steps: &[&str], share: Share) {
    let kills = share.kills();
    let mut tally = Tally::default();
    let mut points = 0;
    let stride = (POINTS / kills).max(1);
    for seed in 0.. {
        points = sweep(site, seed, stride, &mut tally);
        if tally.kills >= kills {
            break;
        }
    }
    let story = format!("{points} points a life; {tally}");
    tally.tell(share, &story);
    assert!(stride > 1 || tally.points().len() >= NAMED, "too few named points: {story}");
    let at_every_step = STEPS.iter().chain(steps).filter(|_| stride == 1);
    for step in PHASES.iter().chain(at_every_step) {
        assert!(tally.of(step) > 0, "no kill {step}: {story}");
    }
}

/// Returns how many points the longest life had.
fn sweep(site: &dyn Fn() -> Site, seed: u64, stride: u64, tally: &mut Tally) -> u64 {
    let mut last = seed % stride;
    let mut points = std::iter::from_fn(move || {
        last += stride;
        Some(last)
    });
    let mut recovery = (1..=RECOVERY).cycle();
    let mut killed = |chain: &mut Chain, point: Option<u64>| {
        let end = chain.live(Doom::Point(point.unwrap()), When::Done, tally);
        end.hit.is_some()
    };
    loop {
        let mut chain = Chain::new(site(), seed);
        let first = killed(&mut chain, points.next());
        chain.tear();
        killed(&mut chain, recovery.next());
        let point = points.next();
        let last = killed(&mut chain, point);
        if !first && !last {
            return point.unwrap() - 2 * stride;
        }
    }
}
