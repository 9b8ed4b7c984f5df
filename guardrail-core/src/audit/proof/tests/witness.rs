//! Witnesses keep what they are given, once, and speak up when the log goes back.

use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;

use super::{Memory, head, number, tree};
use crate::audit::proof::{
    Checkpoint, FileWitness, GitWitness, SignedCheckpoint, Witness, WitnessError,
};
use crate::audit::tree::Tree;
use crate::model::LogId;

/// A head of five records, the last of which is another.
fn fork() -> SignedCheckpoint {
    let mut forked: Tree = tree(4);
    forked.push(number(99));
    Checkpoint::new(LogId::NONE, &forked).sign(&Memory::new()).unwrap()
}

/// What every witness does.
async fn check(witness: &dyn Witness) {
    for size in [3, 3, 5, 5] {
        witness.publish(&head(size)).await.unwrap();
    }
    for back in [head(4), fork()] {
        let refused = witness.publish(&back).await;
        assert!(
            matches!(&refused, Err(WitnessError::Contradicts { known }) if known.size() == 5),
            "{refused:?}"
        );
    }
    witness.publish(&head(9)).await.unwrap();
}

#[tokio::test]
async fn a_file_elsewhere_remembers() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("heads");
    check(&FileWitness::new(&path)).await;
    let kept = std::fs::read_to_string(&path).unwrap();
    let kept = SignedCheckpoint::open_all(&kept, &Memory::new().keys()).unwrap();
    assert_eq!(kept, [head(3), head(5), head(9)]);
    // So does the file alone.
    let refused = FileWitness::new(&path).publish(&head(5)).await;
    assert!(matches!(refused, Err(WitnessError::Contradicts { .. })), "{refused:?}");
}

/// Cut at every byte, as a crash may leave it, the file takes the next head and reads as a whole.
#[tokio::test]
async fn a_note_cut_short_gives_way_to_the_next() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("heads");
    let witness = FileWitness::new(&path);
    witness.publish(&head(3)).await.unwrap();
    let first = std::fs::read(&path).unwrap();
    witness.publish(&head(5)).await.unwrap();
    let both = std::fs::read(&path).unwrap();
    for cut in 0..both.len() {
        std::fs::write(&path, &both[..cut]).unwrap();
        FileWitness::new(&path).publish(&head(9)).await.unwrap();
        let kept = std::fs::read_to_string(&path).unwrap();
        let kept = SignedCheckpoint::open_all(&kept, &Memory::new().keys()).unwrap();
        let whole = if cut < first.len() { vec![head(9)] } else { vec![head(3), head(9)] };
        assert_eq!(kept, whole, "cut at {cut}");
    }
    std::fs::write(&path, &first).unwrap();
    assert!(witness.publish(&head(9)).await.is_err(), "it was cut while the program ran");
}

/// Would catch a lock that goes with the file: a child that is just being made has it open as well.
#[tokio::test]
async fn it_is_free_while_children_are_made() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("heads");
    let is_over = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let over = Arc::clone(&is_over);
    let children = std::thread::spawn(move || {
        while !over.load(std::sync::atomic::Ordering::Relaxed) {
            let mut command = Command::new("true");
            // So that it is made by a fork, and lives a moment before it becomes another program.
            let _ = command.current_dir("/").status();
        }
    });
    for _ in 0..300 {
        FileWitness::new(&path).publish(&head(3)).await.unwrap();
    }
    is_over.store(true, std::sync::atomic::Ordering::Relaxed);
    children.join().unwrap();
}

/// Two programs with one file hear of each other's heads, and what is no head stops both.
#[tokio::test]
async fn a_file_has_several_writers() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("heads");
    let (one, other) = (FileWitness::new(&path), FileWitness::new(&path));
    one.publish(&head(3)).await.unwrap();
    other.publish(&head(5)).await.unwrap();
    let refused = one.publish(&head(4)).await;
    assert!(matches!(refused, Err(WitnessError::Contradicts { .. })), "{refused:?}");
    one.publish(&head(9)).await.unwrap();

    let file = std::fs::File::open(&path).unwrap();
    file.lock().unwrap();
    let locked = other.publish(&head(10)).await;
    assert!(matches!(locked, Err(WitnessError::Failed(_))), "{locked:?}");
    file.unlock().unwrap();

    let kept = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("no checkpoint\n\n{kept}")).unwrap();
    let spoilt = FileWitness::new(&path).publish(&head(10)).await;
    assert!(matches!(spoilt, Err(WitnessError::Failed(_))), "{spoilt:?}");
}

fn git(folder: &std::path::Path, line: &str) -> String {
    let output = Command::new("git").arg("-C").arg(folder).args(line.split(' ')).output().unwrap();
    assert!(output.status.success(), "git {line}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn a_git_repository_remembers_and_pushes() {
    let root = TempDir::new().unwrap();
    let (far, near) = (root.path().join("far"), root.path().join("near"));
    std::fs::create_dir(&far).unwrap();
    git(&far, "init --quiet --bare --initial-branch=main");
    git(root.path(), "clone --quiet far near");
    git(&near, "checkout --quiet -B main");
    git(&near, "config user.name guardrail");
    git(&near, "config user.email guardrail@example.com");
    git(&near, "commit --quiet --allow-empty --message first");
    git(&near, "push --quiet --set-upstream origin main");
    check(&GitWitness::new(&near)).await;
    let file = "main:00000000-0000-0000-0000-000000000000.checkpoint";
    assert_eq!(git(&far, &format!("show {file}")), head(9).note());
    assert_eq!(git(&far, "rev-list --count main").trim(), "4");
    // What cannot be read is not "nothing": an older head must not slip in behind it.
    let path = near.join(".git/objects");
    std::fs::rename(&path, near.join(".git/gone")).unwrap();
    std::fs::create_dir(&path).unwrap();
    let unread = GitWitness::new(&near).publish(&head(4)).await;
    assert!(matches!(unread, Err(WitnessError::Failed(_))), "{unread:?}");
    let nowhere = GitWitness::new(root.path().join("none")).publish(&head(1)).await;
    assert!(matches!(nowhere, Err(WitnessError::Failed(_))), "{nowhere:?}");
}
