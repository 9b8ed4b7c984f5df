//! How blanks in a text are shown.

/// How blanks are shown; everything else is shown alike in every style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    pub(super) breaks: bool,
    pub(super) spaces: usize,
}

impl Style {
    /// One line: line breaks become `⟨U+000A⟩`.
    pub const LINE: Self = Self { breaks: false, spaces: 8 };

    /// Several lines: single line breaks and single empty lines stay. The renderer puts every line
    /// into a frame of its own, so that no line can pass for one of ours.
    pub const BLOCK: Self = Self { breaks: true, spaces: 8 };

    /// The longest run of spaces shown as spaces, at most 8; longer ones become `⟨40 spaces⟩`. A
    /// channel that folds blanks, as HTML does by default, takes 1.
    #[must_use]
    pub const fn spaces(mut self, most: usize) -> Self {
        self.spaces = if most < 8 { most } else { 8 };
        self
    }
}
