//! Bytes of a terminal as keys: pasted text, replies and unknown sequences are told apart.

/// One thing the person did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Char(char),
    Enter,
    Backspace,
    Escape,
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    /// Ctrl-U: empties the line.
    Clear,
    /// Ctrl-C.
    Leave,
    /// Text that was pasted, as far as it is kept.
    Paste(String),
    /// A key or a reply that means nothing here.
    Other,
}

/// Reads keys from bytes, however they are cut into parts.
#[derive(Debug, Default)]
pub(super) struct Keys {
    state: State,
    /// How many times in a row nothing came.
    idle: u32,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Ground,
    /// A character of several bytes.
    Utf8 {
        have: Vec<u8>,
        need: usize,
    },
    Escape,
    /// `ESC [`, and what came after it.
    Csi(Vec<u8>),
    /// `ESC O`.
    Ss3,
    /// Bytes that belong to what came before, mouse positions and the like.
    Skip(usize),
    /// A reply of the terminal; whether its last byte was ESC.
    Reply(bool),
    Paste(Vec<u8>),
}

/// Most bytes of pasted text that are kept.
const PASTE: usize = 4 * 1024;
/// Most bytes of a sequence that are kept; all that are known are shorter.
const SEQUENCE: usize = 16;
/// After so many times without a byte, what is unfinished will not be finished.
const PATIENCE: u32 = 12;
const PASTE_END: &[u8] = b"\x1b[201~";

impl Keys {
    /// The keys in what was read. Called with nothing, too: that is how an Escape key is told
    /// from the beginning of a sequence.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Vec<Key> {
        let mut keys = Vec::new();
        if bytes.is_empty() {
            self.idle = self.idle.saturating_add(1);
            self.wait(&mut keys);
        } else {
            self.idle = 0;
        }
        for byte in bytes {
            self.byte(*byte, &mut keys);
        }
        keys
    }

    /// Nothing came.
    fn wait(&mut self, keys: &mut Vec<Key>) {
        match &self.state {
            State::Ground => {}
            State::Escape => {
                self.state = State::Ground;
                keys.push(Key::Escape);
            }
            _ if self.idle < PATIENCE => {}
            _ => {
                self.state = State::Ground;
                keys.push(Key::Other);
            }
        }
    }

    fn byte(&mut self, byte: u8, keys: &mut Vec<Key>) {
        let state = std::mem::take(&mut self.state);
        // Whoever wants to leave can, whatever came before.
        if byte == 0x03 && !matches!(state, State::Paste(_)) {
            keys.push(Key::Leave);
            return;
        }
        self.state = match state {
            State::Ground => ground(byte, keys),
            State::Utf8 { have, need } => utf8(have, need, byte, keys),
            State::Escape => escape(byte, keys),
            State::Csi(have) => csi(have, byte, keys),
            State::Ss3 => {
                keys.push(named(b"", byte));
                State::Ground
            }
            State::Skip(0 | 1) => {
                keys.push(Key::Other);
                State::Ground
            }
            State::Skip(more) => State::Skip(more - 1),
            // Ended by BEL, or by ESC \.
            State::Reply(escaped) => {
                if byte == 0x07 || (escaped && byte == b'\\') {
                    keys.push(Key::Other);
                    State::Ground
                } else {
                    State::Reply(byte == 0x1b)
                }
            }
            State::Paste(text) => paste(text, byte, keys),
        };
    }
}

fn ground(byte: u8, keys: &mut Vec<Key>) -> State {
    let key = match byte {
        0x1b => return State::Escape,
        b'\r' | b'\n' => Key::Enter,
        0x08 | 0x7f => Key::Backspace,
        0x15 => Key::Clear,
        b' '..=b'~' => Key::Char(char::from(byte)),
        0xc2..=0xdf => return State::Utf8 { have: vec![byte], need: 2 },
        0xe0..=0xef => return State::Utf8 { have: vec![byte], need: 3 },
        0xf0..=0xf4 => return State::Utf8 { have: vec![byte], need: 4 },
        _ => Key::Other,
    };
    keys.push(key);
    State::Ground
}

fn utf8(mut have: Vec<u8>, need: usize, byte: u8, keys: &mut Vec<Key>) -> State {
    if !(0x80..=0xbf).contains(&byte) {
        // It broke off; this byte begins something else.
        keys.push(Key::Other);
        return ground(byte, keys);
    }
    have.push(byte);
    if have.len() < need {
        return State::Utf8 { have, need };
    }
    let c = std::str::from_utf8(&have).ok().and_then(|text| text.chars().next());
    keys.push(c.filter(|c| !c.is_control()).map_or(Key::Other, Key::Char));
    State::Ground
}

fn escape(byte: u8, keys: &mut Vec<Key>) -> State {
    match byte {
        b'[' => State::Csi(Vec::new()),
        b'O' => State::Ss3,
        b']' | b'P' | b'X' | b'^' | b'_' => State::Reply(false),
        0x1b => {
            keys.push(Key::Escape);
            State::Escape
        }
        // A key together with Alt.
        _ => {
            keys.push(Key::Other);
            State::Ground
        }
    }
}

fn csi(mut have: Vec<u8>, byte: u8, keys: &mut Vec<Key>) -> State {
    match byte {
        b' '..=b'?' => {
            if have.len() < SEQUENCE {
                have.push(byte);
            }
            return State::Csi(have);
        }
        0x1b => {
            keys.push(Key::Other);
            return State::Escape;
        }
        // A function key of the Linux console, and a mouse in the old encoding.
        b'[' if have.is_empty() => return State::Skip(1),
        b'M' if have.is_empty() => return State::Skip(3),
        b'~' if have == b"200" => return State::Paste(Vec::new()),
        _ => keys.push(named(&have, byte)),
    }
    State::Ground
}

fn named(parameters: &[u8], last: u8) -> Key {
    match (parameters, last) {
        (b"", b'A') => Key::Up,
        (b"", b'B') => Key::Down,
        (b"", b'H') | (b"1" | b"7", b'~') => Key::Home,
        (b"", b'F') | (b"4" | b"8", b'~') => Key::End,
        (b"5", b'~') => Key::PageUp,
        (b"6", b'~') => Key::PageDown,
        _ => Key::Other,
    }
}

fn paste(mut text: Vec<u8>, byte: u8, keys: &mut Vec<Key>) -> State {
    text.push(byte);
    if text.ends_with(PASTE_END) {
        text.truncate(text.len() - PASTE_END.len());
        text.truncate(PASTE);
        keys.push(Key::Paste(String::from_utf8_lossy(&text).into_owned()));
        return State::Ground;
    }
    if text.len() >= PASTE + 2 * PASTE_END.len() {
        // Only the end matters any more.
        let extra = text.len() - PASTE - PASTE_END.len();
        text.drain(PASTE..PASTE + extra);
    }
    State::Paste(text)
}
