//! What is wrong with a policy file: every mistake, with its place and the likely right word.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why no policy set could be made. The caller keeps the set it has, if any.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The file cannot be read.
    #[error("policy file `{}`{} cannot be read: {source}", path.display(), looked_for(folder))]
    Read {
        /// The file, as it was named.
        path: PathBuf,
        /// Where it was looked for, where its path is a relative one.
        folder: Option<PathBuf>,
        /// Why.
        source: io::Error,
    },
    /// A folder, a pipe, a device.
    #[error("policy file `{}` is not a regular file", path.display())]
    NotAFile {
        /// What was named.
        path: PathBuf,
    },
    /// Whoever can log in could change the rules.
    #[error(
        "policy file `{0}` can be changed by every user of this machine; run `chmod o-w {0}`",
        path.display()
    )]
    WorldWritable {
        /// The file.
        path: PathBuf,
    },
    /// More than [`FILE_LIMIT`](crate::policy::FILE_LIMIT) bytes.
    #[error("policy file `{file}` is longer than {limit} bytes")]
    TooLong {
        /// The file.
        file: String,
        /// The most there may be.
        limit: u64,
    },
    /// The file was being written, or was cut short.
    #[error("policy file `{}` is not whole: {what}", path.display())]
    NotWhole {
        /// The file.
        path: PathBuf,
        /// How that shows, and what to do.
        what: &'static str,
    },
    /// The text is not a policy set.
    #[error("{}", list(mistakes, *more))]
    Mistakes {
        /// In the order of the text, at most a hundred.
        mistakes: Vec<Mistake>,
        /// Whether there may be more.
        more: bool,
    },
}

/// One mistake in a policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mistake {
    /// The file, as it was named.
    pub file: Box<str>,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// The key, `policies.refunds.approvers`; empty where no key was reached.
    pub key: Box<str>,
    /// What is wrong, and the likely right word.
    pub what: Box<str>,
}

// ===== impl PolicyError =====

impl PolicyError {
    /// The mistakes in the text, in its order. Empty where there was no text to look at.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        match self {
            Self::Mistakes { mistakes, .. } => mistakes,
            _ => &[],
        }
    }
}

fn looked_for(folder: &Option<PathBuf>) -> String {
    let said = |folder: &PathBuf| format!(", looked for in the folder `{}`,", folder.display());
    folder.as_ref().map(said).unwrap_or_default()
}

fn list(mistakes: &[Mistake], more: bool) -> String {
    let mut lines: Vec<String> = mistakes.iter().map(Mistake::to_string).collect();
    if more {
        lines.push("the list ends here; there may be more".to_owned());
    }
    lines.join("\n")
}

// ===== impl Mistake =====

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, key, what } = self;
        write!(f, "{file}:{line}:{column}: ")?;
        if !key.is_empty() {
            write!(f, "`{key}`: ")?;
        }
        f.write_str(what)
    }
}
