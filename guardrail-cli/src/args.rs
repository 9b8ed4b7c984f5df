//! What can be typed: commands, flags, and their help.

use std::io;
use std::path::PathBuf;

use clap::{Args as Flags, Parser, Subcommand, ValueEnum};
use guardrail_core::clock::Timestamp;
use guardrail_core::model::{PersonId, Sequence, State};

use crate::which::{Which, which};

/// Action-level approvals for AI agents: the audit log, for people.
#[derive(Debug, Parser)]
#[command(name = "guardrail", version, about, long_about = None)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Reads, verifies and exports an audit log, and puts on record what people do about it.
    Audit(Box<Audit>),
    /// Prints the completions of a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Prints the manual page, one for all commands.
    Man,
}

#[derive(Debug, Flags)]
pub(crate) struct Audit {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(subcommand)]
    pub(crate) command: AuditCommand,
}

/// Which log, and how it is told.
#[derive(Debug, Flags)]
pub(crate) struct Place {
    /// The log: a folder of `FileLog`, an SQLite file, a `postgres://` URL, a file of exported lines,
    /// or `-` for lines on standard input.
    #[arg(
        long,
        short = 'l',
        global = true,
        default_value = ".guardrail/audit",
        env = "GUARDRAIL_LOG",
        hide_env_values = true
    )]
    pub(crate) log: String,
    /// Which of several logs in one database.
    #[arg(long, global = true, default_value = "main")]
    pub(crate) name: String,
    /// Prints JSON, one object a line.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Tells the log as a conversation.
    Show(Show),
    /// Lists requests, oldest first.
    Ls(Ls),
    /// Verifies every record of the log.
    Verify(Verify),
    /// Proves to a stranger that the records of a request are in the log.
    Prove(Prove),
    /// Writes the whole log in another form.
    Export(Export),
    /// Prints the checkpoints that the log keeps of itself, to carry them elsewhere.
    Checkpoints(Checkpoints),
    /// Erases redacted values of a request from the sidecar, with a record of it.
    Redact(Redact),
    /// Lists what was started and has no known outcome; `resolve` puts on record what a person found.
    Unknowns {
        /// `list` where nothing is said.
        #[command(subcommand)]
        command: Option<UnknownsCommand>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum UnknownsCommand {
    /// Lists them: who started what, when, in which process.
    List,
    /// Puts on record what a person found out about one of them. Nothing ever runs on that.
    Resolve(Resolve),
}

#[derive(Debug, Flags)]
pub(crate) struct Resolve {
    /// The request: its id, or the last digits of it.
    #[arg(value_parser = which)]
    pub(crate) request: Which,
    /// Which start they looked at, as it is listed: 1, or more where the body has begun again.
    #[arg(long, value_name = "N")]
    pub(crate) start: u32,
    /// Who found out: the id of a person. Whoever may write the log is believed.
    #[arg(long, value_parser = person, value_name = "WHO")]
    pub(crate) by: PersonId,
    /// Whether the deed was done.
    #[arg(long, value_enum)]
    pub(crate) found: Finding,
    /// How they know; 4 KiB are kept, credentials masked.
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: String,
}

/// What a person found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Finding {
    /// It was done.
    Happened,
    /// It was not done.
    Not,
}

#[derive(Debug, Flags)]
pub(crate) struct Show {
    /// Only this request: its id, or the last digits of it.
    #[arg(long, short = 'r', value_parser = which)]
    pub(crate) request: Option<Which>,
    /// Goes on as the log grows, until interrupted.
    #[arg(long, short = 'f')]
    pub(crate) follow: bool,
    /// Only what happened at or after this time (RFC 3339).
    #[arg(long, value_parser = time)]
    pub(crate) since: Option<Timestamp>,
    /// Shows redacted values too, each held against its commitment, from this sidecar: a folder, or
    /// `table` for the one in the log's own database.
    #[arg(long, value_name = "FOLDER|table")]
    pub(crate) sidecar: Option<String>,
}

#[derive(Debug, Flags)]
pub(crate) struct Ls {
    /// Only requests in this state; may be given several times.
    #[arg(long, short = 's', value_parser = state)]
    pub(crate) state: Vec<State>,
    /// Only requests of this agent.
    #[arg(long)]
    pub(crate) agent: Option<String>,
    /// Only requests of this action.
    #[arg(long)]
    pub(crate) action: Option<String>,
    /// Only requests under this policy.
    #[arg(long)]
    pub(crate) policy: Option<String>,
    /// Only requests on behalf of this person, or voted on by this person.
    #[arg(long)]
    pub(crate) person: Option<String>,
    /// Only requests made at or after this time (RFC 3339).
    #[arg(long, value_parser = time)]
    pub(crate) since: Option<Timestamp>,
    /// Only requests made before this time (RFC 3339).
    #[arg(long, value_parser = time)]
    pub(crate) until: Option<Timestamp>,
    /// Only the last N that match.
    #[arg(long, short = 'n', value_name = "N")]
    pub(crate) last: Option<usize>,
}

#[derive(Debug, Flags)]
pub(crate) struct Verify {
    /// Also against the checkpoints in this file: that the log is the one that was signed, and no old
    /// copy or fork. May be given several times.
    #[arg(long, value_name = "CHECKPOINT", requires = "keys")]
    pub(crate) against: Vec<PathBuf>,
    /// The public keys that are believed: a `.pub` file or a PEM. Without `--against`, the checkpoints
    /// are those that the log keeps of itself, one at least: an old copy of it as a whole is not found
    /// by them.
    #[arg(long, value_name = "KEYS")]
    pub(crate) keys: Option<PathBuf>,
    /// Also that every start was allowed by what stands before it, and none follows a denial.
    #[arg(long)]
    pub(crate) complete: bool,
    /// Also that verdicts, votes and starts are what this `guardrail.toml` says, for requests made under
    /// it: byte for byte the file, as the log keeps its SHA-256. May be given several times, for its
    /// earlier versions. What was made under others is counted.
    #[arg(long, value_name = "FILE", requires = "complete")]
    pub(crate) policies: Vec<PathBuf>,
    /// Also that every redacted value that was kept opens its commitment, or is gone by a record: from
    /// this sidecar, a folder, or `table` for the one in the log's own database.
    #[arg(long, value_name = "FOLDER|table")]
    pub(crate) sidecar: Option<String>,
}

#[derive(Debug, Flags)]
pub(crate) struct Prove {
    /// The request whose records are proven: its id, or the last digits of it.
    #[arg(value_parser = which)]
    pub(crate) request: Which,
    /// The checkpoints to prove it to; the largest counts. Without it, those that the log keeps of
    /// itself.
    #[arg(long, value_name = "CHECKPOINT")]
    pub(crate) against: Option<PathBuf>,
    /// The public keys that are believed: a `.pub` file or a PEM.
    #[arg(long, value_name = "KEYS")]
    pub(crate) keys: PathBuf,
    /// The folder to write to: for each record its line as `SEQUENCE.json`, and `SEQUENCE.tlog-proof`.
    #[arg(long, short = 'o', value_name = "FOLDER")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Flags)]
pub(crate) struct Checkpoints {
    /// Only the last, with nothing around it.
    #[arg(long)]
    pub(crate) last: bool,
}

#[derive(Debug, Flags)]
pub(crate) struct Export {
    /// The form.
    #[arg(long, short = 'f', value_enum)]
    pub(crate) format: Format,
    /// The file to write; it must not be there yet. Without it: standard output.
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Only records behind this sequence number.
    #[arg(long, value_parser = sequence, value_name = "SEQUENCE")]
    pub(crate) after: Option<Sequence>,
}

#[derive(Debug, Flags)]
pub(crate) struct Redact {
    /// The request whose values are erased: its id, or the last digits of it.
    #[arg(value_parser = which)]
    pub(crate) request: Which,
    /// Only the value of this argument; may be given several times. Without it: all that were kept.
    #[arg(long, short = 'a', value_name = "NAME")]
    pub(crate) argument: Vec<String>,
    /// Who asks for it; on record for good.
    #[arg(long, value_name = "WHO")]
    pub(crate) by: String,
    /// Why; on record for good.
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: String,
    /// The legal basis, as in `GDPR Art. 17(1)(a)`; on record for good.
    #[arg(long, value_name = "TEXT")]
    pub(crate) basis: String,
    /// The sidecar: a folder, or `table` for the one in the log's own database, which it is without
    /// this.
    #[arg(long, value_name = "FOLDER|table")]
    pub(crate) sidecar: Option<String>,
}

/// A form of export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// The sealed lines themselves: what `verify` reads, byte for byte.
    Jsonl,
    /// A table for spreadsheets.
    Csv,
    /// OCSF 1.8.0, class API Activity (6003), one JSON object a line.
    Ocsf,
    /// `CloudEvents` 1.0 in JSON, one event a line.
    Cloudevents,
}

/// The manual page: the program's own and those of its commands, one after the other.
pub(crate) fn pages(command: &clap::Command, out: &mut dyn io::Write) -> io::Result<()> {
    let mut command = command.clone();
    command.build();
    page(command, out)
}

fn page(command: clap::Command, out: &mut dyn io::Write) -> io::Result<()> {
    let below: Vec<_> =
        command.get_subcommands().filter(|it| it.get_name() != "help").cloned().collect();
    clap_mangen::Man::new(command).render(out)?;
    below.into_iter().try_for_each(|command| page(command, out))
}

fn person(text: &str) -> Result<PersonId, String> {
    PersonId::new(text).map_err(|error| error.to_string())
}

fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).map_err(|_| "give a time as in 2026-11-22T09:14:02Z".to_owned())
}

fn sequence(text: &str) -> Result<Sequence, String> {
    text.parse().map(Sequence::new).map_err(|_| "give a number".to_owned())
}

fn state(text: &str) -> Result<State, String> {
    let known = || State::ALL.into_iter().filter(|state| *state != State::New);
    known().find(|state| state.to_string() == text).ok_or_else(|| {
        let names: Vec<String> = known().map(|state| state.to_string()).collect();
        format!("a state is one of {}", names.join(", "))
    })
}
