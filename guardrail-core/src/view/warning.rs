//! What a reader should know about a text before trusting what it looks like.

use std::fmt;

/// Why a text may not be what it looks like.
///
/// More kinds will come; a channel shows the [`Warning`] as it prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WarningKind {
    /// Control characters: they move cursors, clear screens, end lines.
    Control,
    /// Bidi controls: they reorder what follows them.
    Bidi,
    /// Code points without ink: zero width, fillers, tags, variation selectors.
    Invisible,
    /// Letters of several scripts in one word, look-alikes of ASCII, letters drawn over.
    Confusable,
    /// Not in Unicode form NFC: another spelling of the same look exists.
    NotNormal,
    /// Long runs of blanks, or spaces other than U+0020.
    Blanks,
    /// Private use, unassigned, noncharacters, replacement characters.
    Foreign,
    /// Text written from right to left. Legitimate; its order on screen is not its order in memory.
    RightToLeft,
}

impl fmt::Display for WarningKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Control => "control characters",
            Self::Bidi => "bidi controls that reorder text",
            Self::Invisible => "invisible characters",
            Self::Confusable => "mixed-script or confusable letters",
            Self::NotNormal => "spelled unusually (not NFC)",
            Self::Blanks => "unusual or many blanks",
            Self::Foreign => "characters without a public meaning",
            Self::RightToLeft => {
                "mixed direction: right-to-left text, order on screen differs from the order sent"
            }
        })
    }
}

/// One kind of finding in a text, with the first few code points that caused it.
///
/// Prints as one line of printable ASCII, for example `bidi controls that reorder text: U+202E`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    kind: WarningKind,
    samples: Vec<char>,
    count: usize,
}

impl Warning {
    /// The kind of finding.
    pub fn kind(&self) -> WarningKind {
        self.kind
    }

    /// The first distinct code points that caused it, at most four. May be empty.
    pub fn samples(&self) -> &[char] {
        &self.samples
    }

    /// How many places of the text caused it.
    pub fn count(&self) -> usize {
        self.count
    }
}

impl Warning {
    /// The same in few words. Code points are named only where the text shows them as letters.
    pub(super) fn brief(&self) -> String {
        match self.kind {
            WarningKind::Control => "control characters".into(),
            WarningKind::Bidi => "bidi controls".into(),
            WarningKind::Invisible => "invisible".into(),
            WarningKind::Confusable => {
                let codes: Vec<String> =
                    self.samples.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
                format!("mixed-script or confusable {}", codes.join(" "))
            }
            WarningKind::NotNormal => "not NFC".into(),
            WarningKind::Blanks => "blanks".into(),
            WarningKind::Foreign => "no public meaning".into(),
            WarningKind::RightToLeft => "right-to-left".into(),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if self.kind == WarningKind::RightToLeft {
            return Ok(());
        }
        for (n, c) in self.samples.iter().enumerate() {
            write!(f, "{} U+{:04X}", if n == 0 { ":" } else { "," }, u32::from(*c))?;
        }
        if self.count > self.samples.len().max(1) {
            write!(f, " ({} places)", self.count)?;
        }
        Ok(())
    }
}

/// Adds findings of another part of the same fact.
pub(super) fn merge(into: &mut Vec<Warning>, more: &[Warning]) {
    for warning in more {
        match into.iter_mut().find(|w| w.kind == warning.kind) {
            None => into.push(warning.clone()),
            Some(known) => {
                known.count += warning.count;
                for c in &warning.samples {
                    if known.samples.len() < Warnings::SAMPLES && !known.samples.contains(c) {
                        known.samples.push(*c);
                    }
                }
            }
        }
    }
    into.sort_by_key(|w| w.kind);
}

/// Collects findings while a text is read; memory does not grow with the text.
#[derive(Debug, Default)]
pub(super) struct Warnings(Vec<Warning>);

impl Warnings {
    /// Most samples kept for one kind.
    const SAMPLES: usize = 4;

    pub(super) fn note(&mut self, kind: WarningKind, sample: Option<char>) {
        let index = match self.0.iter().position(|w| w.kind == kind) {
            Some(index) => index,
            None => {
                self.0.push(Warning { kind, samples: Vec::new(), count: 0 });
                self.0.len() - 1
            }
        };
        let Some(warning) = self.0.get_mut(index) else { return };
        warning.count += 1;
        if let Some(c) = sample
            && warning.samples.len() < Self::SAMPLES
            && !warning.samples.contains(&c)
        {
            warning.samples.push(c);
        }
    }

    /// The findings, the gravest kind first.
    pub(super) fn finish(mut self) -> Vec<Warning> {
        self.0.sort_by_key(|w| w.kind);
        self.0
    }
}
