//! The agent's tools: plain async functions, each with the policy it stands under.

use std::path::Path;

use guardrail::{Arguments, requires_approval};

use crate::repository::{GitError, git};

/// What a tool can answer beside its result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolError {
    /// The action was refused; the words are meant for the model.
    #[error(transparent)]
    Refused(#[from] guardrail::Error),
    /// Git failed.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The files are no longer what was approved.
    #[error("the files changed after the approval; nothing was committed")]
    Changed,
}

/// The last commits.
#[requires_approval(policy = "read", summary = "read the history")]
pub(crate) async fn read_log(clone: &str) -> Result<String, ToolError> {
    Ok(git(Path::new(clone), &["log", "--oneline", "-n", "5"]).await?)
}

/// Commits what is in the working tree and tags it. `patch` is the hash of the diff the person is
/// shown: a preview is shown, an argument is bound.
#[requires_approval(
    policy = "release",
    summary = "commit and tag version {version}",
    preview = diff
)]
pub(crate) async fn commit_and_tag(
    clone: &str,
    version: &str,
    patch: &str,
) -> Result<String, ToolError> {
    let folder = Path::new(clone);
    if patch_hash(clone).await? != patch {
        return Err(ToolError::Changed);
    }
    git(folder, &["add", "VERSION"]).await?;
    git(folder, &["commit", "--quiet", "--message", &format!("Release {version}")]).await?;
    git(folder, &["tag", &format!("v{version}")]).await?;
    Ok(git(folder, &["rev-parse", "--short", "HEAD"]).await?)
}

/// Pushes a branch and its tags.
#[requires_approval(
    policy = "push-main",
    summary = "push {branch} with its tags",
    resource = format_args!("branch {branch}")
)]
pub(crate) async fn push(clone: &str, branch: &str) -> Result<(), ToolError> {
    git(Path::new(clone), &["push", "--quiet", "--follow-tags", "origin", branch]).await?;
    git(Path::new(clone), &["push", "--quiet", "--tags", "origin"]).await?;
    Ok(())
}

/// Rewrites a branch of the origin.
#[requires_approval(
    policy = "rewrite",
    summary = "force-push {branch}",
    resource = format_args!("branch {branch}")
)]
pub(crate) async fn force_push(clone: &str, branch: &str) -> Result<(), ToolError> {
    git(Path::new(clone), &["push", "--quiet", "--force", "origin", branch]).await?;
    Ok(())
}

/// The hash of what would be committed.
pub(crate) async fn patch_hash(clone: &str) -> Result<String, GitError> {
    git(Path::new(clone), &["hash-object", "VERSION"]).await
}

/// What the person is shown: the real diff.
async fn diff(arguments: Arguments) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let clone: String = arguments.read("clone")?;
    Ok(git(Path::new(&clone), &["diff", "--", "VERSION"]).await?)
}
