//! The log on runtimes of every kind: paused, shut down under it, or none at all.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use guardrail_conformance::disk::{Fault, FaultyFolder, Hold, SimDisk};
use guardrail_core::audit::{AuditLog, Error, FileLog};
use guardrail_core::model::Version;
use tempfile::TempDir;
use tokio::runtime::Builder;

use super::work::{ask, id, open};

/// Where a test pauses time, no timer fires while an append is under way, however long the disk
/// takes.
#[tokio::test(start_paused = true)]
async fn no_timer_fires_while_an_append_is_under_way() {
    let disk = SimDisk::new();
    let folder = FaultyFolder::new(disk.mount());
    let log = open(Arc::new(folder.clone())).await.unwrap();
    let hold = Hold::new();
    folder.at(3, Fault::Hold(hold.clone()));
    let (fired, timer) = channel();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(1)).await;
        let _ = fired.send(());
    });
    // The runtime has nothing to do for so long, and would move its clock if it might.
    let disk = std::thread::spawn(move || {
        let early = timer.recv_timeout(Duration::from_millis(50));
        hold.release();
        (early, timer)
    });
    log.append(&ask(1)).await.unwrap();
    let (early, timer) = disk.join().unwrap();
    assert_eq!(early, Err(RecvTimeoutError::Timeout), "a timer fired during an append");
    tokio::time::sleep(Duration::from_millis(2)).await;
    assert_eq!(timer.try_recv(), Ok(()), "the timer never fired");
}

/// A deadline that is far away is met under paused time, on a real disk too.
#[tokio::test(start_paused = true)]
async fn a_paused_clock_stands_while_the_disk_works() {
    let root = TempDir::new().unwrap();
    let log = FileLog::open(root.path()).await.unwrap();
    let before = tokio::time::Instant::now();
    for number in 0..20 {
        let append = ask(number).before(log.now().after(Duration::from_millis(1)));
        log.append(&append).await.unwrap();
        assert_eq!(log.stream(id(number), Version::START).await.unwrap().len(), 1);
    }
    assert_eq!(before.elapsed(), Duration::ZERO, "time went by");
}

/// A writer that never gets to its work, because its runtime is gone, leaves the line in order:
/// the append is told, and can be made again elsewhere.
#[test]
fn a_runtime_that_is_gone_leaves_the_line_in_order() {
    let going = Builder::new_current_thread().build().unwrap();
    let staying = Builder::new_current_thread().enable_time().build().unwrap();
    let log = staying.block_on(open(SimDisk::new().mount())).unwrap();
    let gone = going.handle().clone();
    drop(going);
    {
        let _inside = gone.enter();
        let append = ask(1);
        let mut append = log.append(&append);
        let told = append.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(Err(error @ Error::Storage { .. })) = told else { panic!("{told:?}") };
        assert!(error.is_transient());
    }
    staying.block_on(async {
        assert!(log.open(None, 10).await.unwrap().is_empty());
        let minute = Duration::from_secs(60);
        tokio::time::timeout(minute, log.append(&ask(1))).await.unwrap().unwrap();
    });
}

/// Without a runtime an append is refused, without a panic.
#[test]
fn without_a_runtime_it_is_refused() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let log = runtime.block_on(open(SimDisk::new().mount())).unwrap();
    drop(runtime);
    let mut context = Context::from_waker(Waker::noop());
    let append = ask(1);
    let mut append = log.append(&append);
    let refused = append.as_mut().poll(&mut context);
    let Poll::Ready(Err(Error::Storage { .. })) = refused else { panic!("{refused:?}") };
}

/// A log outlives the runtime it was opened on.
#[test]
fn it_outlives_its_runtime() {
    let first = Builder::new_current_thread().build().unwrap();
    let log = first.block_on(open(SimDisk::new().mount())).unwrap();
    first.block_on(log.append(&ask(1))).unwrap();
    drop(first);
    let second = Builder::new_multi_thread().worker_threads(1).build().unwrap();
    second.block_on(log.append(&ask(2))).unwrap();
    assert_eq!(second.block_on(log.open(None, 10)).unwrap().len(), 2);
}
