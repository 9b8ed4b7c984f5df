//! The program `guardrail`: reads, verifies and exports audit logs, and resolves what is unknown.

mod args;
mod audit;
mod beside;
mod error;
mod export;
mod out;
mod source;
mod texts;
mod which;
mod writer;

use std::io;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::args::{Args, Command};
use crate::error::Error;
use crate::out::Out;

fn main() -> ExitCode {
    let args = Args::parse();
    let mut out = Out::stdout();
    let done = run(args, &mut out).and_then(|()| out.flush());
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads us has seen enough: `guardrail audit show | head`.
        Err(Error::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let code = error.exit();
            out.fail(error);
            code
        }
    }
}

fn run(args: Args, out: &mut Out) -> Result<(), Error> {
    match args.command {
        Command::Audit(audit) => audit::run(*audit, out),
        Command::Completions { shell } => {
            let mut command = Args::command();
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut command, "guardrail", &mut text);
            out.bytes(&text)
        }
        Command::Man => {
            let mut text = Vec::new();
            args::pages(&Args::command(), &mut text).map_err(Error::Write)?;
            out.bytes(&text)
        }
    }
}
