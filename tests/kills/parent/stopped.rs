//! A process is stopped between its start and its body, for so long that another takes it for gone and
//! lets the body begin again; then it goes on.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::child::{AGAIN, Doom, Orders};
use crate::nest::Nest;
use crate::parent::kill::{When, live_as, start};
use crate::site::Site;

/// Longer than others wait before they take a process for gone.
const SILENCE: Duration = Duration::from_secs(31);

/// How long a child may take to say what it is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_process_that_is_stopped_before_its_body_never_runs_it() {
    let folder = TempDir::new().unwrap();
    let nest = Nest::at(folder.path());
    let orders = |life, doom| {
        let (nest, site) = (nest.clone(), Site::Sqlite.text());
        Orders { nest, life, seed: 1, doom, site, kinds: vec![] }
    };
    let (mut stopped, said) = start(AGAIN, &orders(0, Doom::Stopped("behind started".to_owned())));
    let until = |word: &str| while said.recv_timeout(PATIENCE).unwrap() != word {};
    until("hit behind started");
    // A sleep: the silence of a process that is stopped is a real one.
    std::thread::sleep(SILENCE);
    assert!(live_as(AGAIN, &orders(1, Doom::Never), When::Done, || {}).done);
    assert_eq!(nest.bodies().lines().len(), 1, "it began again, in the other");
    let pid = Pid::from_raw(i32::try_from(stopped.id()).unwrap()).unwrap();
    kill_process(pid, Signal::CONT).unwrap();
    drop(stopped.stdin.take());
    until("done");
    stopped.kill().unwrap();
    stopped.wait().unwrap();
    assert_eq!(nest.bodies().lines().len(), 1, "and not in the one that was stopped");
    let answers = nest.answers().lines();
    assert_eq!(answers[0], "ok");
    assert!(answers[1] != "ok" && answers.len() == 2, "{answers:?}");
}
