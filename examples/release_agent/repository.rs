//! A bare git repository and a clone of it, both real.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

/// A git command that failed, with what git said.
#[derive(Debug, thiserror::Error)]
#[error("git {command}: {said}")]
pub(crate) struct GitError {
    command: String,
    said: String,
}

/// The clone the agent works in, and the repository it pushes to.
#[derive(Clone, Debug)]
pub(crate) struct Repository {
    origin: PathBuf,
    clone: PathBuf,
}

impl Repository {
    /// Clones `given`, or a bare repository made for the occasion, into `folder`.
    pub(crate) async fn open(folder: &Path, given: Option<&Path>) -> Result<Self, GitError> {
        let clone = folder.join("clone");
        let origin = match given {
            Some(path) => path.to_owned(),
            None => make(folder).await?,
        };
        git(folder, &["clone", "--quiet", &text(&origin), &text(&clone)]).await?;
        Ok(Self { origin, clone })
    }

    /// Where the agent pushes to.
    pub(crate) fn origin(&self) -> &Path {
        &self.origin
    }

    /// The clone, as text: the tools take it as an argument.
    pub(crate) fn clone_path(&self) -> String {
        text(&self.clone)
    }

    /// The branch that is checked out.
    pub(crate) async fn branch(&self) -> Result<String, GitError> {
        git(&self.clone, &["rev-parse", "--abbrev-ref", "HEAD"]).await
    }

    /// Writes the new version into the working tree; that alone changes nothing for anybody.
    pub(crate) fn write_version(&self, version: &str) -> std::io::Result<()> {
        std::fs::write(self.clone.join("VERSION"), format!("{version}\n"))
    }

    /// What the origin holds, newest first.
    pub(crate) async fn history(&self) -> Result<String, GitError> {
        git(&self.origin, &["log", "--oneline", "--decorate", "--all", "-n", "10"]).await
    }
}

/// A bare repository with one commit.
async fn make(folder: &Path) -> Result<PathBuf, GitError> {
    let (origin, seed) = (folder.join("origin.git"), folder.join("seed"));
    let write = |name: &str, content: &str| {
        std::fs::write(seed.join(name), content)
            .map_err(|error| GitError { command: "seed".to_owned(), said: error.to_string() })
    };
    git(folder, &["init", "--quiet", "--bare", "--initial-branch=main", &text(&origin)]).await?;
    git(folder, &["init", "--quiet", "--initial-branch=main", &text(&seed)]).await?;
    write("VERSION", "1.3.0\n")?;
    write("README", "A program that is released now and then.\n")?;
    git(&seed, &["add", "--all"]).await?;
    git(&seed, &["commit", "--quiet", "--message", "Release 1.3.0"]).await?;
    git(&seed, &["push", "--quiet", &text(&origin), "main"]).await?;
    Ok(origin)
}

/// Runs git in `folder`, apart from the user's own configuration, and returns what it prints.
pub(crate) async fn git(folder: &Path, words: &[&str]) -> Result<String, GitError> {
    let failed = |said: String| GitError { command: words.join(" "), said };
    let output = Command::new("git")
        .args(["-c", "user.name=release-agent", "-c", "user.email=release-agent@example.com"])
        .args(["-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"])
        .args(words)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .await
        .map_err(|error| failed(format!("could not be started: {error}")))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
    } else {
        Err(failed(String::from_utf8_lossy(&output.stderr).trim_end().to_owned()))
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
