//! One line of text that a person types.

use unicode_width::UnicodeWidthStr as _;

use super::keys::Key;
use crate::view::{Style, visible};

/// Most characters of a line.
const MOST: usize = 1_000;

/// One line of text that a person types.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Editor {
    text: String,
}

impl Editor {
    /// Takes a key that changes the line; others mean nothing here.
    pub(super) fn key(&mut self, key: &Key) {
        match key {
            Key::Char(c) => self.push(*c),
            // Whatever ends a line ends none here.
            Key::Enter => self.push(' '),
            Key::Paste(text) => {
                text.chars()
                    .map(|c| if c.is_control() { ' ' } else { c })
                    .for_each(|c| self.push(c));
            }
            Key::Backspace => drop(self.text.pop()),
            Key::Clear => self.text.clear(),
            _ => {}
        }
    }

    /// What was typed, without blanks around it; `None` where that is nothing.
    pub(super) fn text(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
    }

    /// The end of the line, as far as it fits into so many columns, with nothing hidden.
    pub(super) fn shown(&self, columns: usize) -> String {
        // A blank at the end is being typed, no trick.
        let typed = self.text.trim_end_matches(' ');
        let blanks = self.text.len() - typed.len();
        let mut shown = visible(typed, Style::LINE).text().to_owned();
        shown.extend(std::iter::repeat_n(' ', blanks));
        while shown.width() > columns {
            shown.remove(0);
        }
        shown
    }

    fn push(&mut self, c: char) {
        if self.text.len() < MOST {
            self.text.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Editor, MOST};
    use crate::approver::terminal::keys::Key;

    fn typed(text: &str) -> Editor {
        let mut editor = Editor::default();
        text.chars().for_each(|c| editor.key(&Key::Char(c)));
        editor
    }

    #[test]
    fn a_line_is_typed_and_mended() {
        let mut editor = typed(" not todaz");
        editor.key(&Key::Backspace);
        editor.key(&Key::Char('y'));
        assert_eq!(editor.text(), Some("not today"));
        assert_eq!(editor.shown(5), "today");
        editor.key(&Key::Clear);
        assert_eq!(editor.text(), None);
        assert_eq!(typed("  ").text(), None);
    }

    #[test]
    fn pasted_lines_stay_one_line_and_hide_nothing() {
        let mut editor = Editor::default();
        editor.key(&Key::Paste("a\nb\u{202e}c\u{1b}[2J".into()));
        assert_eq!(editor.text(), Some("a b\u{202e}c [2J"));
        assert_eq!(editor.shown(80), "a b⟨U+202E⟩c [2J");
    }

    #[test]
    fn a_line_does_not_grow_for_ever() {
        assert_eq!(typed(&"x".repeat(MOST + 1)).text().map(str::len), Some(MOST));
    }
}
