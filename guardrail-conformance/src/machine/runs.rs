//! Many sequences, each from a seed of its own, and the shortest that fails.

use std::cell::RefCell;
use std::fmt;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use guardrail_core::clock::{Entropy as _, SystemEntropy};
use proptest::strategy::{BoxedStrategy, Just, Strategy};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use proptest_state_machine::ReferenceStateMachine;
use tokio::runtime::{Builder, Runtime};

use super::counts::Counts;
use super::drive::drive;
use super::model::Model;
use super::operation::{Dice, Operation, choose};
use super::sample::samples;
use super::{Broken, Site};

/// The first seed, where it is not left to chance.
const SEED: &str = "GUARDRAIL_SEED";

/// How many sequences are run over all kinds of logs.
const SEQUENCES: &str = "GUARDRAIL_SEQUENCES";

/// As many as that, where the variable says nothing else.
const ALL: u64 = 20_000;

/// Sequences that are done at a time.
const AT_ONCE: u64 = 2;

/// No sequence takes as long as this; one that does is one that hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many sequences are run, from which seed on, and how long they are.
#[derive(Clone, Copy, Debug)]
pub struct Runs {
    first: u64,
    sequences: u64,
    operations: usize,
}

impl Runs {
    /// So many sequences of at most so many operations each, from a seed nobody chose. The variable
    /// `GUARDRAIL_SEED` chooses it; `GUARDRAIL_SEQUENCES` says how many sequences are run over all
    /// kinds of logs, where 20,000 stand for the number given here.
    #[must_use]
    pub fn of(sequences: u64, operations: usize) -> Self {
        let number = |name| std::env::var(name).ok().and_then(|text: String| text.parse().ok());
        let chance = || {
            let mut bytes = [0; 4];
            // Without randomness every run is the same.
            let _ = SystemEntropy.fill(&mut bytes);
            u64::from(u32::from_le_bytes(bytes))
        };
        let wanted = u128::from(number(SEQUENCES).unwrap_or(ALL));
        let share = (u128::from(sequences) * wanted).div_ceil(u128::from(ALL));
        let sequences = u64::try_from(share).unwrap_or(u64::MAX);
        Self {
            first: number(SEED).unwrap_or_else(chance),
            sequences,
            operations: operations.max(1),
        }
    }

    /// The same from this seed on, whatever the variables say.
    #[must_use]
    pub const fn from_seed(first: u64, sequences: u64, operations: usize) -> Self {
        Self { first, sequences, operations }
    }
}

/// What was run.
#[derive(Clone, Debug)]
pub struct Summary {
    what: String,
    /// The seeds: from the first up to, but without, the last.
    pub seeds: std::ops::Range<u64>,
    /// How many sequences.
    pub sequences: u64,
    /// How many operations in all of them.
    pub operations: u64,
    /// How many logs were killed.
    pub crashes: u64,
    /// How many appends were answered with an error of the storage.
    pub mishaps: u64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, seeds, sequences, operations, crashes, mishaps } = self;
        let last = seeds.end.saturating_sub(1);
        write!(
            f,
            "{what} beside its model: {sequences} sequences, seeds {} to {last}, {operations} \
             operations, {crashes} crashes, {mishaps} failed appends",
            seeds.start
        )
    }
}

/// Holds logs against the model. `make` makes what a log stands on, from a seed: every seed is used
/// once, and two sequences of seeds that follow one another may run at a time. The seeds are told on
/// standard error.
///
/// # Errors
/// What rule is broken, by which operations, and from which seed.
pub fn run<S: Site>(
    what: &str,
    runs: Runs,
    make: impl Fn(u64) -> S + Sync,
) -> Result<Summary, Broken> {
    samples()?;
    let Runs { first, sequences, operations } = runs;
    let seeds = first..first.saturating_add(sequences);
    let (counts, failed) = (Counts::default(), AtomicBool::new(false));
    let broken: Mutex<Option<Broken>> = Mutex::new(None);
    let some = |thread: u64| -> Result<(), Broken> {
        let lanes = [lane(false)?, lane(true)?];
        for seed in seeds.clone().filter(|seed| seed % AT_ONCE == thread) {
            if failed.load(Ordering::Relaxed) {
                break;
            }
            let which = usize::try_from(seed / AT_ONCE % 2).unwrap_or(0);
            let Some(runtime) = lanes.get(which) else { break };
            one(runtime, &make, seed, operations, &counts)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        for thread in 0..AT_ONCE {
            let (some, failed, broken) = (&some, &failed, &broken);
            scope.spawn(move || {
                if let Err(error) = some(thread) {
                    failed.store(true, Ordering::Relaxed);
                    *broken.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                }
            });
        }
    });
    if let Some(broken) = broken.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(Broken::new(format!("{what}: {broken}")));
    }
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let summary = Summary {
        what: what.to_owned(),
        seeds,
        sequences,
        operations: count(&counts.operations),
        crashes: count(&counts.crashes),
        mishaps: count(&counts.mishaps),
    };
    // Where nobody listens nothing is lost.
    let _ = writeln!(std::io::stderr(), "{summary}");
    Ok(summary)
}

/// What sequences run on: logs must do on one thread and on several.
fn lane(several: bool) -> Result<Runtime, Broken> {
    let runtime = match several {
        false => Builder::new_current_thread().enable_all().build(),
        true => Builder::new_multi_thread().worker_threads(2).enable_all().build(),
    };
    runtime.map_err(|error| Broken::new(error.to_string()))
}

/// One sequence, and if it fails the shortest of its parts that does.
fn one<S: Site>(
    runtime: &Runtime,
    make: &(impl Fn(u64) -> S + Sync),
    seed: u64,
    operations: usize,
    counts: &Counts,
) -> Result<(), Broken> {
    let config = Config {
        cases: 1,
        failure_persistence: None,
        max_shrink_iters: 1_000,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    for (to, from) in bytes.iter_mut().zip(seed.to_le_bytes()) {
        *to = from;
    }
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let sequence = Machine::sequential_strategy(1..=operations);
    // The last that failed is the shortest, as far as the log does the same every time.
    let failed = RefCell::new(None);
    let done = runner.run(&sequence, |(_, operations, seen)| {
        let driven = drive(make(seed), seed, &operations, seen.as_deref(), counts);
        let patient = async { tokio::time::timeout(PATIENCE, driven).await };
        let done = runtime.block_on(patient);
        done.unwrap_or_else(|_| Err(Broken::new("it hangs".to_owned()))).map_err(|broken| {
            failed.replace(Some((broken.to_string(), operations)));
            TestCaseError::fail(broken.to_string())
        })
    });
    let failed = failed.into_inner();
    done.map_err(|error| match (error, failed) {
        (TestError::Abort(why) | TestError::Fail(why, _), None) => Broken::new(why.to_string()),
        (_, Some((why, operations))) => Broken::new(format!(
            "{why}\nby {}\n\
             again by {SEED}={seed} {SEQUENCES}=1; the kind of runtime goes with the seed",
            operations.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>().join("\n   "),
        )),
    })
}

/// The model as what makes up sequences: what is in doubt is taken to happen.
#[derive(Debug)]
struct Machine;

impl ReferenceStateMachine for Machine {
    type State = Model;
    type Transition = Operation;

    fn init_state() -> BoxedStrategy<Model> {
        Just(Model::new()).boxed()
    }

    fn transitions(model: &Model) -> BoxedStrategy<Operation> {
        let model = model.clone();
        let chosen = move |seed| choose(&model, &mut Dice::new(seed));
        proptest::num::u64::ANY.no_shrink().prop_map(chosen).boxed()
    }

    fn apply(mut model: Model, operation: &Operation) -> Model {
        operation.foresee(&mut model);
        model
    }
}
