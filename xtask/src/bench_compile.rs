//! `cargo xtask bench-compile`: what the attribute costs the compiler, against bars.

use std::fmt::Write as _;
use std::fs;

use crate::command::Failure;
use crate::scratch::Scratch;
use crate::step::{Done, Step};

const FUNCTIONS: usize = 200;

/// Rounds; in each every variant is compiled once, so that a slow minute slows all of them.
const ROUNDS: usize = 7;

const MODES: [&str; 2] = ["check", "build"];

/// What stands above each function.
const VARIANTS: [(&str, &str); 3] = [
    ("plain", ""),
    (
        "guarded",
        "#[guardrail::requires_approval(policy = \"prod\", summary = \"{plan} in {place}\")]",
    ),
    ("instrumented", "#[tracing::instrument]"),
];

/// Mode, variant, base, and the most that the ratio of their times may be.
const BARS: [(&str, &str, &str, f64); 4] = [
    ("check", "guarded", "plain", 2.0),
    ("build", "guarded", "plain", 2.5),
    ("check", "guarded", "instrumented", 0.85),
    ("build", "guarded", "instrumented", 0.85),
];

pub(crate) fn steps() -> Result<Vec<Step>, Failure> {
    Ok(vec![Step::work("compile-time", || match cpu_of_children() {
        Some(_) => compare(),
        None => Ok(Done::NotRun("the time of child processes is read from /proc".to_owned())),
    })])
}

fn compare() -> Result<Done, Failure> {
    let mut times: Vec<(&str, &str, Vec<f64>)> = Vec::new();
    let mut packages = Vec::new();
    for (variant, attribute) in VARIANTS {
        let source = source(attribute);
        let name = format!("bench-{variant}");
        let scratch = Scratch::write(
            &name,
            "tracing = { version = \"*\", features = [\"attributes\"] }",
            &source,
        )?;
        for mode in MODES {
            scratch.cargo(mode).run()?;
            times.push((mode, variant, Vec::new()));
        }
        packages.push((variant, scratch, source));
    }
    for round in 0..ROUNDS {
        for mode in MODES {
            for (variant, scratch, source) in &packages {
                scratch.touch(&format!("{source}\n// round {round}, {mode}\n"))?;
                let before = cpu_of_children().unwrap_or_default();
                scratch.cargo(mode).run()?;
                let took = cpu_of_children().unwrap_or_default() - before;
                if let Some((_, _, times)) =
                    times.iter_mut().find(|(m, v, _)| *m == mode && v == variant)
                {
                    times.push(took);
                }
            }
        }
    }
    report(&times)
}

/// Prints every median and every ratio; fails where one is over its bar.
fn report(times: &[(&str, &str, Vec<f64>)]) -> Result<Done, Failure> {
    let median = |mode: &str, variant: &str| {
        let times = times.iter().find(|(m, v, _)| *m == mode && *v == variant);
        times.map(|(_, _, times)| median(times)).unwrap_or_default()
    };
    for (mode, variant, _) in times {
        println!("{mode} {variant:<13} {:.2} s of CPU, median of {ROUNDS}", median(mode, variant));
    }
    let mut over = String::new();
    for (mode, variant, base, bar) in BARS {
        let ratio = median(mode, variant) / median(mode, base);
        println!("{mode} {variant} / {base}: {ratio:.2}, at most {bar:.2}");
        if ratio > bar {
            let _ = write!(over, "{mode} of {variant} is {ratio:.2} times {base}, over {bar}; ");
        }
    }
    match over.is_empty() {
        true => Ok(Done::Passed),
        false => Err(Failure::new(over)),
    }
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// A crate of functions as agents' tools are: some arguments, two awaits, an early return.
fn source(attribute: &str) -> String {
    let mut source = "//! Compiled to be timed.\n#![allow(dead_code)]\n".to_owned();
    source.push_str("async fn ask(text: &str) -> Result<u64, String> { Ok(text.len() as u64) }\n");
    for index in 0..FUNCTIONS {
        let _ = write!(
            source,
            "{attribute}\n\
             pub async fn tool_{index}(place: &str, plan: String, count: u64, dry: bool) -> Result<String, String> {{\n    \
             let size = ask(place).await?;\n    \
             if dry {{ return Err(format!(\"{{plan}} is dry\")); }}\n    \
             let total = ask(&plan).await? + size * count + {index};\n    \
             Ok(format!(\"{{place}} {{total}}\"))\n\
             }}\n"
        );
    }
    source
}

/// Seconds of CPU that ended child processes took, or nothing where there is no `/proc`.
fn cpu_of_children() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // proc(5): the second field is the program's name in parentheses; fields 16 and 17 are the user
    // and system time of children that were waited for, in ticks of 1/100 s.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(13);
    let ticks: f64 = fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}

#[cfg(test)]
mod tests {
    use super::{FUNCTIONS, ROUNDS, report, source};

    #[test]
    fn a_ratio_over_its_bar_fails() {
        let times = |guarded: f64| {
            let of = |time: f64| vec![time; ROUNDS];
            [
                ("check", "plain", of(1.0)),
                ("check", "guarded", of(guarded)),
                ("check", "instrumented", of(3.0)),
                ("build", "plain", of(1.0)),
                ("build", "guarded", of(2.0)),
                ("build", "instrumented", of(3.0)),
            ]
        };
        assert!(report(&times(1.9)).is_ok());
        assert!(report(&times(2.1)).is_err());
    }

    #[test]
    fn every_function_carries_the_attribute() {
        assert_eq!(source("#[inline]").matches("#[inline]\npub async fn").count(), FUNCTIONS);
    }
}
