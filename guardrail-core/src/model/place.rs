//! Where a call comes from: the machine, and the line of the program.

use std::panic::Location;
use std::sync::Arc;

/// Where a call comes from. Of these the digest covers the environment only.
#[derive(Clone, Debug, Default)]
pub struct Place {
    pub(crate) machine: Option<Arc<Machine>>,
    pub(super) spot: Spot,
}

/// Where a program runs. All its calls share it.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) host: Box<str>,
    pub(crate) environment: Option<Box<str>>,
}

/// A line of a program.
#[derive(Clone, Debug)]
pub(super) enum Spot {
    /// Of this one.
    Own { module: &'static str, at: Option<&'static Location<'static>> },
    /// As a record says.
    Told(Box<Told>),
}

#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) module: Box<str>,
    pub(super) file: Box<str>,
    pub(super) line: u32,
}

impl Default for Spot {
    fn default() -> Self {
        Self::Own { module: "", at: None }
    }
}

impl Place {
    /// The machine's name.
    #[must_use]
    pub fn host(&self) -> &str {
        self.machine.as_ref().map_or("", |machine| &machine.host)
    }

    /// The Rust module of the guarded function; empty for one not made by the macro.
    #[must_use]
    pub fn module(&self) -> &str {
        match &self.spot {
            Spot::Own { module, .. } => module,
            Spot::Told(told) => &told.module,
        }
    }

    /// The source file of the guarded function; empty for one not made by the macro.
    #[must_use]
    pub fn file(&self) -> &str {
        match &self.spot {
            Spot::Own { at, .. } => at.map_or("", Location::file),
            Spot::Told(told) => &told.file,
        }
    }

    /// The line in that file, from 1.
    #[must_use]
    pub const fn line(&self) -> u32 {
        match &self.spot {
            Spot::Own { at: Some(at), .. } => at.line(),
            Spot::Own { at: None, .. } => 0,
            Spot::Told(told) => told.line,
        }
    }

    /// `prod`, `staging` and the like, as the program was configured.
    #[must_use]
    pub fn environment(&self) -> Option<&str> {
        self.machine.as_ref()?.environment.as_deref()
    }

    fn parts(&self) -> (&str, &str, &str, u32, Option<&str>) {
        (self.host(), self.module(), self.file(), self.line(), self.environment())
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for Place {}
