//! The server whose databases are killed and copied, and kills of the server itself.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use guardrail_test_counterparts::{Counterparts, Postgres};

use crate::child::Doom;
use crate::parent::chain::Chain;
use crate::parent::kill::When;
use crate::parent::tally::{Share, Tally};
use crate::script::Dice;
use crate::site::Site;

/// A server; nothing where this run has none, and that is said aloud. What is killed is a process,
/// not the machine, so nothing here needs a sync.
pub(crate) fn server() -> Option<Arc<Mutex<Postgres>>> {
    let parts = Counterparts::find("kills of and over PostgreSQL")?;
    Some(Arc::new(Mutex::new(Postgres::start(&parts, &["fsync=off"]).unwrap())))
}

/// The server is killed while a child works, then the child, and the server started again.
#[test]
fn killed_with_its_server_it_loses_nothing_and_repeats_nothing() {
    let Some(server) = server() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut tally = Tally::default();
    let mut dice = Dice::new(7, "server");
    while tally.kills < Share::PostgresServer.kills() {
        let site = runtime.block_on(Site::postgres(&server));
        let mut chain = Chain::new(site, dice.below(u64::MAX));
        for _ in 0..3 {
            let (up, then) = (dice.time(80), dice.time(40));
            chain.live_until(Doom::Never, When::Up(up), &mut tally, || {
                server.lock().unwrap().kill();
                // A sleep: the child goes on for a moment without its server.
                std::thread::sleep(Duration::from_millis(1) + then);
            });
        }
    }
    tally.tell(Share::PostgresServer, &tally.to_string());
    assert!(tally.of("in a body") > 0, "{tally}");
}
