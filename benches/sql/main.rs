//! The logs in databases beside bare inserts of the same lines with the same durability, and beside their
//! own tables without a rule; votes that cross from one log handle to another beside a bare NOTIFY, and
//! 10,000 requests taken up.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "a bench that cannot run says so")]

mod bare;
mod pending;
mod tables;
mod votes;
mod writes;

use guardrail_test_counterparts::{Counterparts, Postgres};
use tokio::runtime::Builder;

fn main() {
    // `cargo test` runs benches too, to see that they run.
    let rounds = if std::env::args().any(|arg| arg == "--bench") { 10 } else { 1 };
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    // A task, as tool functions are; what `block_on` is given runs on a thread that every answer has to wake.
    runtime.block_on(async { tokio::spawn(all(rounds)).await }).expect("it ends");
}

async fn all(rounds: usize) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    writes::sqlite(folder.path(), rounds).await;
    pending::sqlite(folder.path(), rounds).await;
    let Some(parts) = Counterparts::find("the benchmark of PostgreSQL") else { return };
    let server = Postgres::start(&parts, &[]).expect("a server");
    writes::postgres(&server, rounds).await;
    pending::postgres(&server, rounds).await;
    votes::postgres(&server, rounds).await;
}
