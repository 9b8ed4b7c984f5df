//! What can go wrong, for the person at the terminal.

use std::io;
use std::process::ExitCode;

use guardrail_core::audit::proof::{CheckpointError, KeysError, ProofError};
use guardrail_core::audit::sidecar::{self, RedactError};
use guardrail_core::audit::{self, RecordError, VerifyError};
use guardrail_core::desk;
use guardrail_core::model::{RequestId, Sequence};
use guardrail_core::policy::PolicyError;
use miette::Diagnostic;

/// What can go wrong.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub(crate) enum Error {
    #[error("`{log}` could not be opened: {why}")]
    #[diagnostic(help(
        "name the log by --log or GUARDRAIL_LOG: a folder of FileLog, an SQLite file, a postgres:// URL, a file of exported lines, or -"
    ))]
    Open { log: String, why: io::Error },

    #[error("`{0}` holds no audit log")]
    #[diagnostic(help("a folder of FileLog holds files named log-<number>.jsonl"))]
    Empty(String),

    #[error("`{place}` could not be read: {why}")]
    Read { place: String, why: io::Error },

    #[error("{place}: {why}")]
    #[diagnostic(help("{}", of_database(why)))]
    Database { place: String, why: audit::Error },

    #[error("record {sequence} of `{place}` is no record: {why}")]
    #[diagnostic(help("{}", of_record(*sequence)))]
    Record { place: String, sequence: Sequence, why: RecordError },

    #[error(transparent)]
    #[diagnostic(help(
        "nothing behind this record can be trusted: keep the log as it is, and compare it with a backup or a checkpoint"
    ))]
    Verify(#[from] VerifyError),

    #[error(transparent)]
    #[diagnostic(help(
        "this record was made up, or by other rules than it says: ask whoever writes the log, and compare it with what the people it names remember"
    ))]
    Misjudged(#[from] desk::RejudgeError),

    #[error(transparent)]
    #[diagnostic(help(
        "--policies takes a guardrail.toml as it was when the program loaded it: `guardrail audit export` shows its SHA-256 in `policy_loaded`"
    ))]
    Policies(#[from] PolicyError),

    #[error("the log ends inside an append, behind record {0}")]
    #[diagnostic(help(
        "a writer may be at work: try again; after a crash the next open sets such an end aside and records it"
    ))]
    Cut(Sequence),

    #[error("`{place}`: {why}")]
    #[diagnostic(help(
        "give the log's own public keys; they stand beside its signing key, with `.pub` behind the name"
    ))]
    Keys { place: String, why: KeysError },

    #[error("`{place}`: {why}")]
    #[diagnostic(help(
        "a checkpoint is a signed note of this log; several stand in one file with an empty line between"
    ))]
    Checkpoint { place: String, why: CheckpointError },

    #[error("`{0}` holds no checkpoint")]
    #[diagnostic(help(
        "the program that writes the log signs one a second after a record, and when it closes the log: one that ended sooner has signed none"
    ))]
    NoCheckpoint(String),

    #[error("`{0}` keeps no checkpoint that these keys have signed")]
    #[diagnostic(help(
        "are these the keys of this log? a checkpoint you were given is named by --against; one that a log should keep and does not was taken away, or the program that writes it has not signed one yet"
    ))]
    NoneSigned(String),

    #[error("record {sequence} is not yet covered: the checkpoint covers {size} records")]
    #[diagnostic(help("take a later checkpoint"))]
    Uncovered { sequence: Sequence, size: u64 },

    #[error("the log does not lead to the checkpoint: {0}")]
    #[diagnostic(help("`guardrail audit verify --against` says where they part"))]
    Proof(#[from] ProofError),

    #[error("no request {0} is on record")]
    NoRequest(RequestId),

    #[error("no request on record ends in `{0}`")]
    #[diagnostic(help("`guardrail audit ls` lists the requests"))]
    NoSuchEnd(String),

    #[error("several requests end in `{end}`:\n{ids}")]
    #[diagnostic(help("give more of the id"))]
    Ambiguous { end: String, ids: String },

    #[error("`{place}` is not written: {why}")]
    #[diagnostic(help(
        "a program that is running holds this log, and it alone can write it: call Guardrail::resolve or Guardrail::redact there, or run this again when the program has ended; logs in SQLite and PostgreSQL take it beside running programs"
    ))]
    InUse { place: String, why: audit::Error },

    #[error("`{0}` is only read: a record is written into the log itself")]
    #[diagnostic(help(
        "name the log by --log: a folder of FileLog, an SQLite file or a postgres:// URL"
    ))]
    ReadOnly(String),

    #[error("the log could not be opened to write: {0}")]
    Writer(audit::Error),

    #[error(transparent)]
    #[diagnostic(help("`guardrail audit unknowns` lists what can be resolved"))]
    Resolve(#[from] desk::Error),

    #[error("standard input cannot be read twice, as {0} needs it")]
    #[diagnostic(help("write the lines to a file, and name that by --log"))]
    Twice(&'static str),

    #[error("there is no such sidecar")]
    #[diagnostic(help(
        "--sidecar names the folder the program gave to FolderSidecar, or `table` for the one in the database of the log"
    ))]
    NoSidecar,

    #[error("which sidecar? A log in files keeps its redacted values elsewhere")]
    #[diagnostic(help("name by --sidecar the folder the program gave to FolderSidecar"))]
    WhichSidecar,

    #[error("{why}")]
    Sidecar { why: sidecar::Error },

    #[error(transparent)]
    Redact(#[from] RedactError),

    #[error("{0} of the redacted values are not as the log says")]
    #[diagnostic(help(
        "`guardrail audit redact` erases once more what is still there; what is missing or changed may be in a backup of the sidecar"
    ))]
    Openings(u64),

    #[error("`{place}` could not be made: {why}")]
    #[diagnostic(help("a file that is there is never written over"))]
    Create { place: String, why: io::Error },

    #[error("the output could not be written: {0}")]
    Write(#[source] io::Error),
}

impl Error {
    /// The record at which the log stops being what it should be.
    pub(crate) const fn sequence(&self) -> Option<Sequence> {
        match self {
            Self::Verify(error) => Some(error.sequence),
            Self::Misjudged(error) => Some(error.sequence),
            Self::Record { sequence, .. } => Some(*sequence),
            Self::Cut(last) => Some(last.next()),
            _ => None,
        }
    }

    /// Whether the log, or what is said of it, is not what it should be.
    pub(crate) const fn is_fault(&self) -> bool {
        let forged = matches!(self, Self::Checkpoint { why: CheckpointError::Forged, .. });
        let wrong = forged || matches!(self, Self::Proof(_) | Self::Openings(_));
        self.sequence().is_some() || wrong
    }

    /// 1: the log does not hold what it should; 2: the command could not be carried out.
    pub(crate) fn exit(&self) -> ExitCode {
        if self.is_fault() { ExitCode::from(1) } else { ExitCode::from(2) }
    }
}

fn of_database(why: &audit::Error) -> &'static str {
    match why {
        audit::Error::Unreachable { .. } => {
            "is the server running, and does the URL name it: postgres://USER@HOST:PORT/DATABASE"
        }
        audit::Error::Storage { doing: "use its URL", .. } => {
            "a URL is postgres://USER@HOST:PORT/DATABASE, with ?sslmode=verify-full for a server elsewhere"
        }
        _ => "several logs may live in one database: --name says which; the default is `main`",
    }
}

fn of_record(sequence: Sequence) -> &'static str {
    if sequence == Sequence::START.next() {
        "is this an audit log? --log takes a folder of FileLog, an SQLite file, a postgres:// URL, or what `guardrail audit export --format jsonl` wrote"
    } else {
        "`guardrail audit verify` says what is wrong with the log"
    }
}
