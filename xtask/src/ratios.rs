//! The figures of the last `cargo xtask bench`, each beside its floor and its bar.

use std::fs;
use std::path::Path;

use crate::command::{Failure, root};
use crate::step::Done;

/// One promise: a figure that is at most so many times another, or at most so many seconds.
struct Bar {
    figure: &'static str,
    beside: Option<&'static str>,
    at_most: f64,
}

/// The promises of BENCHMARKS.md. A name is a folder that criterion makes for a benchmark.
const BARS: &[Bar] = &[
    Bar { figure: "call_allow", beside: Some("call_floor"), at_most: 5.0 },
    Bar { figure: "call_mock-approved", beside: Some("call_floor"), at_most: 10.0 },
    Bar { figure: "file/allow", beside: Some("file/floor"), at_most: 1.3 },
    Bar { figure: "pending/resolve-10000", beside: None, at_most: 0.5 },
];

/// Prints the table. A bar that is not met fails nothing: the machine may be busy.
pub(crate) fn print() -> Result<Done, Failure> {
    let folder = root().join("target/criterion");
    println!("{:<24}{:>14}{:>14}{:>9}{:>7}", "figure", "seconds", "floor", "ratio", "bar");
    for bar in BARS {
        let figure = tenth(&folder, bar.figure)?;
        let floor = bar.beside.map(|name| tenth(&folder, name)).transpose()?;
        let ratio = figure / floor.unwrap_or(1.0);
        let floor = floor.map_or_else(|| "-".to_owned(), |floor| format!("{floor:.3e}"));
        let verdict = if ratio <= bar.at_most { "" } else { "  not met" };
        println!(
            "{:<24}{figure:>14.3e}{floor:>14}{ratio:>9.2}{:>7}{verdict}",
            bar.figure, bar.at_most
        );
    }
    Ok(Done::Passed)
}

/// The tenth percentile of a benchmark's samples, in seconds a round: what a busy machine makes of
/// the slower ones says nothing about the code.
fn tenth(folder: &Path, name: &str) -> Result<f64, Failure> {
    let path = folder.join(name).join("new/sample.json");
    let text = fs::read_to_string(&path)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    tenth_of(&text).ok_or_else(|| Failure::new(format!("{}: no samples", path.display())))
}

fn tenth_of(sample: &str) -> Option<f64> {
    let (rounds, times) = (numbers(sample, "iters")?, numbers(sample, "times")?);
    let mut each: Vec<f64> = times.iter().zip(&rounds).map(|(time, n)| time / n / 1e9).collect();
    each.sort_by(f64::total_cmp);
    each.get(each.len() / 10).copied()
}

/// The array of numbers under a key. The file is criterion's own, and flat.
fn numbers(json: &str, key: &str) -> Option<Vec<f64>> {
    let (_, behind) = json.split_once(&format!("\"{key}\":["))?;
    let (array, _) = behind.split_once(']')?;
    array.split(',').map(|number| number.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::tenth_of;

    #[test]
    fn the_tenth_percentile_is_taken_of_the_time_of_one_round() {
        let sample = r#"{"sampling_mode":"Linear","iters":[1.0,2.0],"times":[3e9,4000000000.0]}"#;
        assert_eq!(tenth_of(sample), Some(2.0));
        assert_eq!(tenth_of("{}"), None);
    }
}
