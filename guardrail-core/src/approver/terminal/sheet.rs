//! More lines than a window holds, and which of them were on the screen.

/// Lines of which a window shows a part.
///
/// INVARIANT: `reached` counts the lines, from the first, that were all on the screen. A jump over
/// lines does not count them.
#[derive(Debug, Clone, Default)]
pub(super) struct Sheet {
    lines: Vec<String>,
    height: usize,
    top: usize,
    reached: usize,
}

/// Where to go in a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Go {
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
}

impl Sheet {
    /// A sheet nobody has seen yet.
    pub(super) fn new(lines: Vec<String>, height: usize) -> Self {
        Self { lines, height: height.max(1), top: 0, reached: 0 }
    }

    /// The same sheet brought up to date: its clock, its votes. What was seen stays seen, for
    /// what is approved stands before these and never changes.
    pub(super) fn refresh(&mut self, lines: Vec<String>, height: usize) {
        self.lines = lines;
        self.height = height.max(1);
        self.reached = self.reached.min(self.lines.len());
        self.top = self.top.min(self.last_top());
    }

    pub(super) fn go(&mut self, go: Go) {
        // A line of the page before stays, so that the eye finds its place.
        let page = self.height.saturating_sub(1).max(1);
        self.top = match go {
            Go::Up => self.top.saturating_sub(1),
            Go::Down => self.top + 1,
            Go::PageUp => self.top.saturating_sub(page),
            Go::PageDown => self.top + page,
            Go::Home => 0,
            Go::End => usize::MAX,
        }
        .min(self.last_top());
    }

    /// What the window shows.
    pub(super) fn window(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().skip(self.top).take(self.height).map(String::as_str)
    }

    /// The window was on the screen.
    pub(super) fn shown(&mut self) {
        let end = (self.top + self.height).min(self.lines.len());
        if self.top <= self.reached {
            self.reached = self.reached.max(end);
        }
    }

    /// Whether every line was on the screen.
    pub(super) fn is_seen(&self) -> bool {
        self.reached >= self.lines.len()
    }

    pub(super) fn height(&self) -> usize {
        self.height
    }

    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// The first and the last line of the window, counted from one; `None` where all fit.
    pub(super) fn part(&self) -> Option<(usize, usize)> {
        let end = (self.top + self.height).min(self.lines.len());
        (self.lines.len() > self.height).then_some((self.top + 1, end))
    }

    fn last_top(&self) -> usize {
        self.lines.len().saturating_sub(self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::{Go, Sheet};

    fn lines(count: usize) -> Vec<String> {
        (1..=count).map(|n| n.to_string()).collect()
    }

    #[test]
    fn paging_to_the_end_shows_every_line() {
        let mut sheet = Sheet::new(lines(25), 10);
        let mut seen = Vec::new();
        for _ in 0..3 {
            assert!(!sheet.is_seen());
            seen.extend(sheet.window().map(str::to_owned).collect::<Vec<_>>());
            sheet.shown();
            sheet.go(Go::PageDown);
        }
        seen.dedup();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 25);
        assert!(sheet.is_seen());
        assert_eq!(sheet.part(), Some((16, 25)));
    }

    #[test]
    fn a_jump_to_the_end_is_not_seen() {
        let mut sheet = Sheet::new(lines(40), 10);
        sheet.shown();
        sheet.go(Go::End);
        sheet.shown();
        assert!(!sheet.is_seen());
        sheet.go(Go::Home);
        for _ in 0..30 {
            sheet.go(Go::Down);
            sheet.shown();
        }
        assert!(sheet.is_seen());
    }

    #[test]
    fn what_was_not_painted_is_not_seen() {
        let mut sheet = Sheet::new(lines(3), 10);
        assert!(!sheet.is_seen());
        assert_eq!(sheet.part(), None);
        sheet.shown();
        assert!(sheet.is_seen());
    }

    #[test]
    fn a_line_that_comes_later_is_not_seen_before_it_is_shown() {
        let mut sheet = Sheet::new(lines(5), 10);
        sheet.shown();
        sheet.refresh(lines(12), 10);
        assert!(!sheet.is_seen());
        sheet.refresh(lines(4), 10);
        assert!(sheet.is_seen());
    }

    #[test]
    fn a_smaller_window_moves_no_further_than_the_end() {
        let mut sheet = Sheet::new(lines(9), 3);
        sheet.go(Go::End);
        assert_eq!(sheet.window().collect::<Vec<_>>(), ["7", "8", "9"]);
        sheet.refresh(lines(9), 6);
        assert_eq!(sheet.window().next(), Some("4"));
    }
}
