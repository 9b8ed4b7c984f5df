//! Steps of a task: run in order, timed, stopped at the first failure.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::command::{Cmd, Failure};

type Work = Box<dyn Fn() -> Result<Done, Failure>>;

/// One named piece of work of a task.
pub(crate) struct Step {
    name: String,
    work: Work,
}

/// How a step ended that did not fail.
pub(crate) enum Done {
    Passed,
    /// It could not be done here, and why. Said aloud at once and again in the last line.
    NotRun(String),
}

/// What became of the steps.
#[derive(Default)]
struct Report {
    passed: usize,
    not_run: Vec<String>,
    failed: Option<String>,
}

/// Runs the steps, or only those named, and tells the shell whether all of them passed.
pub(crate) fn run(task: &str, steps: &[Step], only: &[String]) -> ExitCode {
    let started = Instant::now();
    let report =
        Report::of(steps.iter().filter(|step| only.is_empty() || only.contains(&step.name)));
    let took = seconds(started.elapsed());
    for reason in &report.not_run {
        println!("\nNOT RUN: {reason}");
    }
    if let Some(step) = &report.failed {
        println!(
            "\nxtask {task}: `{step}` failed, after {took} in all. Once mended: cargo xtask {task} {step}"
        );
        return ExitCode::FAILURE;
    }
    match report.not_run.len() {
        0 => println!("\nxtask {task}: all steps passed ({}), in {took}.", report.passed),
        n => println!(
            "\nxtask {task}: {} steps passed, {n} NOT RUN (above), in {took}.",
            report.passed
        ),
    }
    ExitCode::SUCCESS
}

// ===== impl Step =====

impl Step {
    /// A step that is one command.
    pub(crate) fn command(name: impl Into<String>, command: Cmd) -> Self {
        Self::work(name, move || command.run().map(|()| Done::Passed))
    }

    /// A step that is work of our own.
    pub(crate) fn work(
        name: impl Into<String>,
        work: impl Fn() -> Result<Done, Failure> + 'static,
    ) -> Self {
        Self { name: name.into(), work: Box::new(work) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

// ===== impl Report =====

impl Report {
    fn of<'a>(steps: impl Iterator<Item = &'a Step>) -> Self {
        let mut report = Self::default();
        for step in steps {
            println!("\n=== {}", step.name);
            let started = Instant::now();
            let end = (step.work)();
            let took = seconds(started.elapsed());
            match end {
                Ok(Done::Passed) => {
                    report.passed += 1;
                    println!("=== {}: passed in {took}", step.name);
                }
                Ok(Done::NotRun(why)) => {
                    println!("=== {}: NOT RUN: {why}", step.name);
                    report.not_run.push(format!("{}: {why}", step.name));
                }
                Err(failure) => {
                    println!("=== {}: FAILED after {took}: {failure}", step.name);
                    report.failed = Some(step.name.clone());
                    break;
                }
            }
        }
        report
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::{Done, Report, Step};
    use crate::command::Failure;

    #[test]
    fn a_failing_step_stops_the_task() {
        let reached = Rc::new(Cell::new(false));
        let seen = Rc::clone(&reached);
        let steps = [
            Step::work("first", || Ok(Done::Passed)),
            Step::work("second", || Err(Failure::new("broken"))),
            Step::work("third", move || {
                seen.set(true);
                Ok(Done::Passed)
            }),
        ];
        let report = Report::of(steps.iter());
        assert_eq!((report.passed, report.failed.as_deref()), (1, Some("second")));
        assert!(!reached.get(), "nothing runs after a failure");
    }

    #[test]
    fn a_step_that_could_not_run_is_not_counted_as_passed() {
        let steps = [Step::work("advisories", || Ok(Done::NotRun("no network".into())))];
        let report = Report::of(steps.iter());
        assert_eq!((report.passed, report.not_run.len()), (0, 1));
    }
}
