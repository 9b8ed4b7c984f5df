//! A program that answers each line with a line.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A started program; dropped, it is killed and waited for.
#[derive(Debug)]
pub struct Dialogue {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Dialogue {
    /// Starts the program.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(mut command: Command) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let streams = (child.stdin.take(), child.stdout.take());
        let (Some(questions), Some(answers)) = streams else {
            return Err(io::Error::other("the program has no standard streams"));
        };
        Ok(Self { child, questions, answers: BufReader::new(answers) })
    }

    /// Sends one line and reads one.
    ///
    /// # Errors
    /// When the program has ended.
    pub fn ask(&mut self, line: &str) -> io::Result<String> {
        writeln!(self.questions, "{line}")?;
        self.questions.flush()?;
        let mut answer = String::new();
        if self.answers.read_line(&mut answer)? == 0 {
            return Err(io::Error::other("the program ended; what it said is on standard error"));
        }
        Ok(answer.trim_end_matches('\n').to_owned())
    }
}

impl Drop for Dialogue {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot run should fail")]

    use std::process::Command;

    use super::Dialogue;

    #[test]
    fn every_line_is_answered_until_it_ends() {
        let mut command = Command::new("sh");
        command.args(["-c", "read a; echo \"$a!\"; read b; echo \"$b?\""]);
        let mut dialogue = Dialogue::start(command).unwrap();
        assert_eq!(dialogue.ask("one").unwrap(), "one!");
        assert_eq!(dialogue.ask("two").unwrap(), "two?");
        assert!(dialogue.ask("three").is_err());
    }
}
