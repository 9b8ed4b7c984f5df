//! The command line.

use std::path::PathBuf;

use crate::answers::Answer;

/// What the command line asks for.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    /// The repository to release from, instead of one made for the occasion.
    pub(crate) repo: Option<PathBuf>,
    /// What to answer, in order, instead of asking at the terminal.
    pub(crate) answers: Option<Vec<Answer>>,
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self::default();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("`{word}` needs a value"));
            match word.as_str() {
                "--repo" => arguments.repo = Some(value()?.into()),
                "--answers" => {
                    let answers = value()?;
                    let answers = answers.split(',').map(str::parse).collect::<Result<_, _>>()?;
                    arguments.answers = Some(answers);
                }
                other => return Err(format!("`{other}` is not known; use --repo or --answers")),
            }
        }
        Ok(arguments)
    }
}
