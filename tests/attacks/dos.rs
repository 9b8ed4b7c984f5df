//! What should exhaust memory, time or stack: answered within bounds, in a process of its own, so
//! that a stack that overflows is an answer too.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use guardrail::{AuditEvent, Context, Error, Guardrail, MockApprover, Verdict, requires_approval};
use serde_json::Value;

use crate::corpus::Entry;
use crate::ensure;
use crate::meter::{Meter, Used};
use crate::payload::{Gen, Op, Payload, Shape};
use crate::trial::{APPROVED, Check, Taken, Trial, ask, call, intent, read_back};
use crate::words::{Expect, Field};

/// Names the file that holds the one entry this process is for.
pub(crate) const ALONE: &str = "GUARDRAIL_ATTACK_ALONE";
/// The test that runs it.
const TEST: &str = "a_process_of_its_own_meets_one_attack";
/// Stands before what the process has to say.
const SAYS: &str = "the attack alone: ";

/// The smallest stack a program gives a thread without being asked.
const STACK: usize = 2 * 1024 * 1024;
/// Most bytes the record of a refusal takes, whatever was refused.
const RECORD: usize = 16 * 1024;

/// Runs one entry in a process of its own.
pub(crate) fn run(entry: &Entry) -> Check {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let output = process(entry, folder.path())?.output().map_err(|error| error.to_string())?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    if output.status.success() {
        // No test of that name is a success as well, and no answer.
        ensure!(text.contains("1 passed"), "nobody met it");
        return Ok(());
    }
    let said = text.lines().find_map(|line| line.trim().strip_prefix(SAYS));
    Err(said.map_or_else(|| format!("the process died: {}", output.status), str::to_owned))
}

/// A process of its own for this entry, which it finds in this folder.
pub(crate) fn process(entry: &Entry, folder: &Path) -> Result<Command, String> {
    let line = folder.join("entry.jsonl");
    std::fs::write(&line, &entry.line).map_err(|error| error.to_string())?;
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.args([TEST, "--exact", "--nocapture", "--test-threads=1"]).env(ALONE, &line);
    Ok(command)
}

/// What the process of its own does.
pub(crate) fn alone(entry: Entry) {
    let met = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let used = runtime.block_on(in_process(&entry))?;
        within(&entry, used)
    });
    if let Err(why) = met.unwrap().join().unwrap() {
        panic!("\n{SAYS}{why}\n");
    }
}

fn within(entry: &Entry, used: Used) -> Check {
    let most = |name: &str, otherwise: u64| {
        let said = entry.asserted(name).and_then(|text| text.trim().strip_prefix('<'));
        said.and_then(|number| number.trim().parse().ok()).unwrap_or(otherwise)
    };
    let (mib, millis) = (most("peak_rss_delta_mib", 64), most("wall_ms", 1000));
    ensure!(used.memory < mib * 1024 * 1024, "it took {} KiB of memory", used.memory / 1024);
    ensure!(used.time < Duration::from_millis(millis), "it took {:?} of a processor", used.time);
    Ok(())
}

/// Meets the entry here and now, and says what that took.
pub(crate) async fn in_process(entry: &Entry) -> Result<Used, String> {
    if let Payload::Gen(Gen::InCode { shape, depth, op }) = &entry.payload {
        return in_code(entry, *shape, *depth, *op).await;
    }
    let bytes = entry.payload.bytes().ok_or("nothing is made of this payload")?;
    let meter = Meter::start();
    let trial = match entry.field {
        Field::Json | Field::Callback | Field::Header => {
            let message = crate::json::decision(&bytes);
            ensure!(message.is_err(), "it was taken for a decision");
            ask(intent("deed", "attacks").json(&bytes)).await?
        }
        field => {
            let text = String::from_utf8(bytes.clone()).map_err(|error| error.to_string())?;
            match field {
                Field::Reason => call("x", Context::new().reason(&text)).await?,
                Field::Actor => call("x", Context::new().agent(&text)).await?,
                Field::Action => ask(intent(&text, "attacks")).await?,
                Field::Policy => ask(intent("deed", &text)).await?,
                _ => call(&text, Context::new()).await?,
            }
        }
    };
    let used = meter.used();
    judge(entry, &trial, &bytes)?;
    Ok(used)
}

fn judge(entry: &Entry, trial: &Trial, bytes: &[u8]) -> Check {
    match (entry.expect, &trial.error) {
        (Expect::Reject, None) => Err("it was let through".to_owned()),
        (Expect::Accept, Some(error)) => Err(format!("it was refused: {error}")),
        // What the JSON had in it stands in its size; an argument is given up before it is known.
        (_, Some(_)) => recorded(trial, Some(bytes).filter(|_| entry.field == Field::Json)),
        (_, None) => {
            ensure!(trial.events() == APPROVED, "the log holds {:?}", trial.events());
            Ok(())
        }
    }
}

/// The refusal is on record, small, with the size of what was refused and nothing of it.
fn recorded(trial: &Trial, bytes: Option<&[u8]>) -> Check {
    trial.refused()?;
    let reason = trial.records.iter().find_map(|record| match record.event() {
        AuditEvent::Requested(requested) => match &requested.verdict {
            Verdict::Deny { reason } => Some((reason.to_string(), record.line().to_owned())),
            _ => None,
        },
        _ => None,
    });
    let (reason, line) = reason.ok_or("no refusal is on record")?;
    ensure!(line.len() < RECORD, "the record of the refusal has {} bytes", line.len());
    let Some(bytes) = bytes else { return Ok(()) };
    let size = bytes.len().to_string();
    ensure!(reason.contains(&size), "the size {size} is not on record: {reason}");
    let sample: String =
        String::from_utf8_lossy(bytes).chars().skip(bytes.len() / 2).take(48).collect();
    ensure!(sample.is_empty() || !line.contains(&sample), "its content is on record");
    Ok(())
}

#[requires_approval(policy = "attacks", skip(taken))]
async fn by_value(value: &Value, taken: &Taken) -> Result<(), Error> {
    // Whatever a body does with a value this deep ends the process.
    taken.put(value.clone().to_string());
    Ok(())
}

#[requires_approval(policy = "attacks", debug(value), skip(taken))]
async fn by_debug(value: &Value, taken: &Taken) -> Result<(), Error> {
    taken.put(format!("{:?}", value == &value.clone()));
    Ok(())
}

#[requires_approval(policy = "attacks", redact(value), skip(taken))]
async fn by_commitment(value: &Value, taken: &Taken) -> Result<(), Error> {
    taken.put(value.to_string());
    Ok(())
}

async fn in_code(entry: &Entry, shape: Shape, depth: usize, op: Op) -> Result<Used, String> {
    let value = nested(shape, depth);
    let meter = Meter::start();
    let met = async {
        let taken = Taken::default();
        let guardrail = Guardrail::for_tests(MockApprover::approving());
        let mut errors = Vec::new();
        errors.extend(guardrail.scope(by_value(&value, &taken)).await.err());
        errors.extend(guardrail.scope(by_commitment(&value, &taken)).await.err());
        if op == Op::Debug {
            errors.extend(guardrail.scope(by_debug(&value, &taken)).await.err());
        }
        let asked = guardrail.authorize(intent("deed", "attacks").arg("value", &value)).await;
        errors.extend(asked.err());
        let calls = 3 + usize::from(op == Op::Debug);
        let refusals = read_back(&guardrail).await?.len() - 1;
        if entry.expect == Expect::Reject {
            ensure!(taken.all().is_empty(), "a body ran");
            ensure!(errors.len() == calls, "only {} of {calls} calls were refused", errors.len());
            ensure!(refusals == calls, "only {refusals} of {calls} refusals are on record");
            ensure!(
                errors.iter().all(|error| matches!(error, Error::Invalid { .. })),
                "refused for another reason: {errors:?}"
            );
        }
        Ok(())
    };
    let met: Check = met.await;
    let used = meter.used();
    // Dropping it would be the very attack.
    std::mem::forget(value);
    met.map(|()| used)
}

fn nested(shape: Shape, depth: usize) -> Value {
    let mut value = Value::Null;
    for _ in 0..depth {
        value = match shape {
            Shape::Array => Value::Array(vec![value]),
            Shape::Object => Value::Object([("a".to_owned(), value)].into_iter().collect()),
        };
    }
    value
}
