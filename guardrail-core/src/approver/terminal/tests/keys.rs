//! Bytes of terminals as keys, however they are cut.

use proptest::prelude::*;

use crate::approver::terminal::keys::{Key, Keys};

/// All keys of these bytes, and of the silence after them.
fn read(parts: &[&[u8]]) -> Vec<Key> {
    let mut keys = Keys::default();
    let mut read: Vec<Key> = parts.iter().flat_map(|part| keys.read(part)).collect();
    for _ in 0..20 {
        read.extend(keys.read(b""));
    }
    read
}

#[test]
fn plain_keys_are_themselves() {
    use Key::{Backspace, Char, Clear, Enter, Leave, Other};
    let expected =
        [Char('y'), Char('é'), Char('漢'), Enter, Enter, Backspace, Backspace, Clear, Leave, Other];
    assert_eq!(read(&["yé漢\r\n\x7f\x08\x15\x03\x1a".as_bytes()]), expected);
}

#[test]
fn sequences_move_or_mean_nothing() {
    use Key::{Down, End, Home, Other, PageDown, PageUp, Up};
    let moves = b"\x1b[A\x1bOB\x1b[5~\x1b[6~\x1b[H\x1b[4~";
    assert_eq!(read(&[moves]), [Up, Down, PageUp, PageDown, Home, End]);
    for reply in [
        "\x1b[?1;2c",
        "\x1b[24;80R",
        "\x1b]ly\r\x1b\\",
        "\x1bPy\r\x1b\\",
        "\x1b]11;y\x07",
        "\x1b[My\ry",
        "\x1b[[y",
        "\x1by",
        "\x1b[<0;1;2M",
    ] {
        assert_eq!(read(&[reply.as_bytes()]), [Other], "{reply:?}");
    }
}

#[test]
fn an_escape_alone_is_a_key_once_nothing_follows() {
    let mut keys = Keys::default();
    assert_eq!(keys.read(b"\x1b"), []);
    assert_eq!(keys.read(b""), [Key::Escape]);
    assert_eq!(keys.read(b"[A"), [Key::Char('['), Key::Char('A')]);
}

#[test]
fn what_never_ends_is_given_up() {
    assert_eq!(read(&[b"\x1b]0;never", b"y"]), [Key::Other]);
    assert_eq!(read(&[b"\xe6\xbc"]), [Key::Other]);
    assert_eq!(read(&[b"\xe6y"]), [Key::Other, Key::Char('y')]);
    assert_eq!(read(&[b"\x1b[200~y"]), [Key::Other]);
}

#[test]
fn ctrl_c_is_heard_in_the_middle_of_everything() {
    for start in ["\x1b", "\x1b[", "\x1b]0;x", "\x1b[M", "\u{e9}"] {
        let bytes = [start.as_bytes().get(..1).unwrap(), b"\x03"].concat();
        assert!(read(&[&bytes]).contains(&Key::Leave), "{start:?}");
    }
}

#[test]
fn pasted_text_is_one_key_and_does_not_grow_for_ever() {
    assert_eq!(
        read(&[b"\x1b[200~y\r\x03\x1b[A\x1b[201~"]),
        [Key::Paste("y\r\x03\x1b[A".to_owned())]
    );
    let long = format!("\x1b[200~{}\x1b[201~y", "x".repeat(100_000));
    assert_eq!(read(&[long.as_bytes()]), [Key::Paste("x".repeat(4_096)), Key::Char('y')]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_alike_however_they_are_cut(bytes: Vec<u8>, at: prop::sample::Index) {
        let (one, two) = bytes.split_at(at.index(bytes.len() + 1));
        prop_assert_eq!(read(&[one, two]), read(&[&bytes]));
    }

    #[test]
    fn a_sequence_of_any_length_gives_no_letter(body in "[0-9;:<=>? -/]{0,60}", last in "[@-LN-Za-z]") {
        let bytes = format!("\x1b[{body}{last}");
        let letters = read(&[bytes.as_bytes()]).iter().any(|key| matches!(key, Key::Char(_)));
        prop_assert!(!letters);
    }
}
