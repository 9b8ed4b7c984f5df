//! The agent: a script, so that the example needs no model. A model would read the same answers.

use std::error::Error;

use crate::repository::Repository;
use crate::tools;

/// Ships a release, and takes no for an answer.
pub(crate) async fn run(repository: &Repository) -> Result<(), Box<dyn Error>> {
    let clone = repository.clone_path();
    let branch = repository.branch().await?;

    println!("agent: what has been done so far?");
    let log = tools::read_log(&clone).await?;
    println!("{}", indent(&log));

    println!("agent: version 1.4.0 it is. Commit and tag it.");
    repository.write_version("1.4.0")?;
    let patch = tools::patch_hash(&clone).await?;
    answer("committed as ", tools::commit_and_tag(&clone, "1.4.0", &patch).await);

    println!("agent: now push {branch} for everyone.");
    answer("pushed", tools::push(&clone, &branch).await.map(|()| ""));

    println!("agent: perhaps the history would look better rewritten?");
    answer("rewritten", tools::force_push(&clone, &branch).await.map(|()| ""));
    Ok(())
}

/// What a model would get to read.
fn answer(done: &str, result: Result<impl AsRef<str>, tools::ToolError>) {
    match result {
        Ok(text) => println!("  {done}{}", text.as_ref()),
        Err(error) => println!("  {error}"),
    }
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
