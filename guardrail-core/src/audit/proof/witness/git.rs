//! A witness that is a git repository: every head is a commit, pushed to wherever it has a remote.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;

use crate::audit::proof::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::audit::proof::witness::{Witness, WitnessError, is_new};

/// Longest that one git command may take.
const LIMIT: Duration = Duration::from_secs(30);
/// Most bytes of what git says that stand in a message.
const SAID: usize = 500;

/// Commits every head to a clone of a git repository, as the file `<log id>.checkpoint`, and
/// pushes it where the branch has an upstream. The command `git` must be there.
#[derive(Debug)]
pub struct GitWitness {
    name: String,
    repository: PathBuf,
    /// One commit at a time.
    turn: Arc<Mutex<()>>,
}

impl GitWitness {
    /// In this working copy, which must be there.
    #[must_use]
    pub fn new(repository: impl AsRef<Path>) -> Self {
        let repository = repository.as_ref().to_owned();
        let name = format!("git repository `{}`", repository.display());
        Self { name, repository, turn: Arc::default() }
    }
}

#[async_trait]
impl Witness for GitWitness {
    fn name(&self) -> &str {
        &self.name
    }

    async fn publish(&self, head: &SignedCheckpoint) -> Result<(), WitnessError> {
        let (repository, turn) = (self.repository.clone(), Arc::clone(&self.turn));
        let head = head.clone();
        let keep = move || {
            let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            keep(&repository, &head)
        };
        tokio::task::spawn_blocking(keep).await.map_err(WitnessError::failed)?
    }
}

fn keep(repository: &Path, head: &SignedCheckpoint) -> Result<(), WitnessError> {
    let checkpoint = head.checkpoint();
    let id = checkpoint.origin().rsplit('/').next().unwrap_or_default();
    let name = format!("{id}.checkpoint");
    let known = committed(repository, &name)?;
    if is_new(known.as_ref(), checkpoint)? {
        std::fs::write(repository.join(&name), head.note()).map_err(WitnessError::failed)?;
        git(repository, &["add", "--", &name])?;
        let said = format!("{} records of {}", checkpoint.size(), checkpoint.origin());
        git(repository, &["commit", "--quiet", "--message", &said, "--", &name])?;
    }
    // A push that failed is made good by the next, or by this one given again.
    let upstream = ["rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}"];
    match git(repository, &upstream) {
        Ok(_) => git(repository, &["push", "--quiet"]).map(drop),
        Err(_) => Ok(()),
    }
}

/// The head in the last commit, not what lies about from a try that failed. Only where git says
/// that there is none is there none: whatever else goes wrong must not let an older head pass.
fn committed(repository: &Path, name: &str) -> Result<Option<Checkpoint>, WitnessError> {
    if git(repository, &["for-each-ref", "--count=1"])?.is_empty()
        || git(repository, &["ls-tree", "--name-only", "HEAD", "--", name])?.is_empty()
    {
        return Ok(None);
    }
    let note = git(repository, &["cat-file", "blob", &format!("HEAD:./{name}")])?;
    match Checkpoint::read(&note) {
        Some(known) => Ok(Some(known)),
        None => Err(WitnessError::failed(format!("`{name}` in its last commit is no checkpoint"))),
    }
}

/// What a git command wrote.
fn git(repository: &Path, arguments: &[&str]) -> Result<String, WitnessError> {
    let failed = |why: String| WitnessError::failed(format!("`git {}` {why}", arguments.join(" ")));
    let child = Command::new("git")
        .arg("-C")
        .arg(repository)
        // What git leaves running in the background would hold on to the pipes below.
        .args(["-c", "gc.autoDetach=false", "-c", "maintenance.autoDetach=false"])
        .args(arguments)
        // Nobody is there to answer, and a signature of the committer's adds nothing to ours.
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let child = child.map_err(|error| failed(format!("did not start: {error}")))?;
    let output = wait(child).map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said: String = String::from_utf8_lossy(&output.stderr).trim().chars().take(SAID).collect();
    Err(failed(format!("ended with {}: {said}", output.status)))
}

fn wait(mut child: Child) -> io::Result<Output> {
    let began = Instant::now();
    while child.try_wait()?.is_none() {
        if began.elapsed() > LIMIT {
            // It may have ended between the look and this line; either way it is over.
            let _ = child.kill();
            let _ = child.wait();
            return Err(io::Error::new(io::ErrorKind::TimedOut, "took too long"));
        }
        // The standard library has no wait with a limit, so this looks fifty times a second.
        std::thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output()
}
