//! What a log in a database can be given: its name, its clock, its randomness.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use guardrail_core::audit::proof::{Rhythm, Signer};
use guardrail_core::clock::{Clock, Entropy, SystemEntropy};

/// What a log in a database can be given.
#[derive(Clone)]
#[must_use = "settings do nothing before a log is opened with them"]
pub struct Settings {
    pub(crate) name: Box<str>,
    pub(crate) clock: Option<Arc<dyn Clock>>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) signer: Who,
    pub(crate) often: Option<(u64, Duration)>,
    pub(crate) steps: Option<Steps>,
}

/// Who signs the heads.
#[derive(Clone, Debug)]
pub(crate) enum Who {
    /// The key beside an SQLite file; nobody in PostgreSQL.
    Beside,
    Given(Arc<dyn Signer>),
    Nobody,
}

/// Hears the name of every step of a transaction.
pub(crate) type Steps = Arc<dyn Fn(&'static str) + Send + Sync>;

/// A name no log can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a log is 1 to 64 lower-case letters, digits, `-` and `_`")]
#[non_exhaustive]
pub struct NameError;

impl Settings {
    /// The log named `main`; the database's clock in PostgreSQL, the machine's in SQLite. In SQLite
    /// its heads are signed with a key in a file beside the log's; in PostgreSQL nobody signs.
    pub fn new() -> Self {
        Self {
            name: "main".into(),
            clock: None,
            entropy: Arc::new(SystemEntropy),
            signer: Who::Beside,
            often: None,
            steps: None,
        }
    }

    /// Another of several logs in one database. It is made where there is none of this name.
    ///
    /// # Errors
    /// When it is no name: 1 to 64 lower-case letters, digits, `-` and `_`.
    pub fn name(mut self, name: &str) -> Result<Self, NameError> {
        let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        if !(1..=64).contains(&name.len()) || !name.bytes().all(fits) {
            return Err(NameError);
        }
        self.name = name.into();
        Ok(self)
    }

    /// Every deadline is judged by this clock. Processes that share a log must share its time, so
    /// this is for tests.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// The randomness for the id of a new log.
    pub fn entropy(mut self, entropy: Arc<dyn Entropy>) -> Self {
        self.entropy = entropy;
        self
    }

    /// Heads are signed by this one, which may keep its key where those who write the database
    /// cannot reach it. Processes that share a log sign with one key; where each has its own,
    /// whoever verifies must believe them all.
    pub fn signer(mut self, signer: impl Signer) -> Self {
        self.signer = Who::Given(Arc::new(signer));
        self
    }

    /// Nobody signs: whoever holds the database may write what they like, in the form of a log.
    pub fn unsigned(mut self) -> Self {
        self.signer = Who::Nobody;
        self
    }

    /// A head is signed after so many records of this process (256), and where so long (1 s) has
    /// passed since the first record that none covers.
    pub fn checkpoints(mut self, every: u64, within: Duration) -> Self {
        self.often = Some((every, within));
        self
    }

    /// How heads are signed by this one.
    pub(crate) fn rhythm(&self, signer: Arc<dyn Signer>) -> Rhythm {
        let rhythm = Rhythm::new(signer);
        match self.often {
            Some((every, within)) => rhythm.often(every, within),
            None => rhythm,
        }
    }

    /// Called at every step of a transaction, for tests that end the process there.
    #[doc(hidden)]
    pub fn steps(mut self, steps: Arc<dyn Fn(&'static str) + Send + Sync>) -> Self {
        self.steps = Some(steps);
        self
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("name", &self.name)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}
