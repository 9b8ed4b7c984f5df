//! Step `fuzz`: every target of `fuzz/`, for a minute each, where a nightly toolchain is installed.

use std::fs;
use std::time::Duration;

use crate::command::{Cmd, Failure, root};
use crate::install::Tool;
use crate::step::{Done, Step};

const CARGO_FUZZ: Tool = Tool { name: "cargo-fuzz", version: "0.13.2" };

/// How long each target runs.
const SECONDS: u32 = 60;
/// How long each may take, its build included.
const LIMIT: Duration = Duration::from_secs(15 * 60);

pub(crate) fn step() -> Step {
    Step::work("fuzz", || {
        let nightly = Cmd::new("rustup").args("run nightly rustc --version").output();
        let Ok(nightly) = nightly else {
            return Ok(Done::NotRun(
                "no nightly toolchain is installed: rustup toolchain install nightly".to_owned(),
            ));
        };
        println!("with {}", nightly.trim());
        CARGO_FUZZ.install()?;
        for target in targets()? {
            run(&target)?;
        }
        Ok(Done::Passed)
    })
}

fn run(target: &str) -> Result<(), Failure> {
    let found = root().join("target/fuzz/corpus").join(target);
    fs::create_dir_all(&found).map_err(|e| Failure::new(format!("{}: {e}", found.display())))?;
    // Nothing here is unsafe, so that no sanitizer is needed; without one it is far faster.
    Cmd::new(CARGO_FUZZ.program())
        .args("run --sanitizer none --target-dir target/fuzz --fuzz-dir fuzz")
        .arg(target)
        .arg(found.to_string_lossy())
        .arg(format!("fuzz/seeds/{target}"))
        .args("--")
        .arg(format!("-max_total_time={SECONDS}"))
        .args("-timeout=5 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 -verbosity=0")
        .env("RUSTUP_TOOLCHAIN", "nightly")
        .limit(LIMIT)
        .run()
}

/// The names of the targets, sorted.
fn targets() -> Result<Vec<String>, Failure> {
    let folder = root().join("fuzz/fuzz_targets");
    let entries =
        fs::read_dir(&folder).map_err(|e| Failure::new(format!("{}: {e}", folder.display())))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> =
        names.filter_map(|name| Some(name.strip_suffix(".rs")?.to_owned())).collect();
    names.sort();
    Ok(names)
}
