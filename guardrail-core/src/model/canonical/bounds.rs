//! How much of a value may be written before the writer gives up.

/// The most a value may hold. All three are counted while writing, so a value that breaks one is
/// given up early: nothing is allocated beyond the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of canonical text, 256 KiB by default.
    pub bytes: usize,
    /// Arrays and objects inside one another, 32 by default. Anything above
    /// [`Bounds::DEEPEST`] counts as that, because readers recurse.
    pub depth: usize,
    /// Values of any kind, containers included, 10,000 by default.
    pub nodes: usize,
}

impl Bounds {
    /// The greatest depth any bounds allow.
    pub const DEEPEST: usize = 128;

    /// What text that was already sealed may hold when it is read back: more than any capture, so
    /// that whatever was written can be read.
    pub(crate) const STORED: Self =
        Self { bytes: 16 * 1024 * 1024, depth: Self::DEEPEST, nodes: 1_000_000 };

    /// The depth that is enforced.
    pub(super) fn deepest(&self) -> usize {
        self.depth.min(Self::DEEPEST)
    }
}

impl Default for Bounds {
    fn default() -> Self {
        Self { bytes: 256 * 1024, depth: 32, nodes: 10_000 }
    }
}
