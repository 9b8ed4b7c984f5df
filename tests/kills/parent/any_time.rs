//! Kills at random: from outside, at a moment nobody chose.

use crate::child::Doom;
use crate::parent::chain::Chain;
use crate::parent::kill::When;
use crate::parent::server::server;
use crate::parent::tally::{Share, Tally};
use crate::script::Dice;
use crate::site::Site;

/// How many lives follow one another in one folder.
const LIVES: u64 = 4;

#[test]
fn killed_at_any_time_it_loses_nothing_and_repeats_nothing() {
    check(&|| Site::Files, Share::FilesAnyTime);
}

#[test]
fn killed_at_any_time_sqlite_loses_nothing_and_repeats_nothing() {
    check(&|| Site::Sqlite, Share::SqliteAnyTime);
}

#[test]
fn killed_at_any_time_postgres_loses_nothing_and_repeats_nothing() {
    let Some(server) = server() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    check(&|| runtime.block_on(Site::postgres(&server)), Share::PostgresAnyTime);
}

/// Chains of lives, each on a log of its own, until there were enough kills.
fn check(site: &dyn Fn() -> Site, share: Share) {
    let mut tally = Tally::default();
    let seed: u64 = std::env::var("GUARDRAIL_SEED").map_or_else(
        |_| u64::from(std::process::id()),
        |seed| seed.parse().expect("GUARDRAIL_SEED is a number"),
    );
    let mut dice = Dice::new(seed, "any time");
    let story = |tally: &Tally| format!("GUARDRAIL_SEED={seed}: {tally}");
    while tally.kills < share.kills() {
        let mut chain = Chain::new(site(), dice.below(u64::MAX));
        for _ in 0..LIVES {
            let when = match dice.below(8) {
                0 => When::Begun(dice.time(60)),
                1 => When::Done,
                _ => When::Up(dice.time(60)),
            };
            chain.live(Doom::Never, when, &mut tally);
        }
    }
    tally.tell(share, &story(&tally));
    for phase in [
        "while one waited for people",
        "with one approved and not started",
        "in a body",
        "in a recovery",
    ] {
        assert!(tally.of(phase) > 0, "no kill {phase}: {}", story(&tally));
    }
}
