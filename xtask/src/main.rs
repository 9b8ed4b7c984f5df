//! The project's own commands: `cargo xtask test` runs everything that must hold before a change lands.
#![expect(clippy::print_stdout, reason = "a command-line program talks on standard output")]

mod bench;
mod bench_compile;
mod command;
mod counterparts;
mod deny;
mod fuzz;
mod house;
mod install;
mod lints;
mod paths;
mod ratios;
mod scratch;
mod soak;
mod step;
mod test;
mod tree;
mod words;

use std::env;
use std::process::ExitCode;

use crate::command::Failure;
use crate::step::Step;

/// One word after `cargo xtask`.
struct Task {
    name: &'static str,
    about: &'static str,
    steps: fn() -> Result<Vec<Step>, Failure>,
}

/// Every task; a new one is a file and a row here.
const TASKS: &[Task] = &[
    Task {
        name: "test",
        about: "everything that must hold before a change lands",
        steps: test::steps,
    },
    Task {
        name: "soak",
        about: "the long versions of the tests, in release mode",
        steps: soak::steps,
    },
    Task { name: "bench", about: "every benchmark of the workspace", steps: bench::steps },
    Task {
        name: "counterparts",
        about: "installs the programs of others that tests talk to",
        steps: counterparts::steps,
    },
    Task {
        name: "pin",
        about: "pins the counterparts anew, after a row was added",
        steps: counterparts::pins,
    },
    Task {
        name: "bench-compile",
        about: "what the attribute costs the compiler, against bars",
        steps: bench_compile::steps,
    },
];

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let wanted = arguments.next();
    let Some(task) = TASKS.iter().find(|task| wanted.as_deref() == Some(task.name)) else {
        usage();
        return ExitCode::FAILURE;
    };
    let only: Vec<String> = arguments.collect();
    let steps = match (task.steps)() {
        Ok(steps) => steps,
        Err(failure) => {
            println!("xtask {}: {failure}", task.name);
            return ExitCode::FAILURE;
        }
    };
    if only.iter().any(|word| word == "--list") {
        for step in &steps {
            println!("{}", step.name());
        }
        return ExitCode::SUCCESS;
    }
    if let Some(unknown) = only.iter().find(|word| !steps.iter().any(|step| step.name() == **word))
    {
        println!("xtask {}: there is no step `{unknown}`; `--list` shows them", task.name);
        return ExitCode::FAILURE;
    }
    step::run(task.name, &steps, &only)
}

fn usage() {
    println!("usage: cargo xtask TASK [STEP..]    all steps of a task, or only those named");
    println!("       cargo xtask TASK --list\n");
    for task in TASKS {
        println!("  {:<13} {}", task.name, task.about);
    }
}
