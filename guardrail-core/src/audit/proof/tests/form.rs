//! Notes, checkpoints and proofs as text: what is read, and what is refused.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Memory, head, number, tree};
use crate::audit::proof::note::{Note, Signed};
use crate::audit::proof::{
    CheckpointError, InclusionBuilder, Keys, PublicKey, SignedCheckpoint, Signer as _, TlogProof,
    TlogProofError,
};
use crate::model::Sequence;

/// The example of Go's package `sumdb/note`, which the form comes from.
const PETER: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const PETERS_KEY: &str = "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

#[test]
fn a_note_that_go_has_signed_verifies() {
    let bytes = STANDARD.decode(PETERS_KEY).unwrap();
    let key = PublicKey::from_bytes(bytes[1..].try_into().unwrap()).unwrap();
    assert_eq!(key.id("PeterNeumann"), 0xc74f_20a3);
    let note = Note::parse(PETER).unwrap();
    assert_eq!(note.verify("PeterNeumann", [&key]), Signed::By(key));
    assert_eq!(note.verify("PeterNeuman", [&key]), Signed::Unknown);
    let bent = PETER.replace("the answer", "an answer");
    assert_eq!(Note::parse(&bent).unwrap().verify("PeterNeumann", [&key]), Signed::Forged);
}

#[test]
fn a_checkpoint_is_three_lines_and_a_signature() {
    let head = head(3);
    let id = Memory::new().key().id("guardrail/00000000-0000-0000-0000-000000000000");
    let lines: Vec<&str> = head.note().split('\n').collect();
    assert_eq!(lines[0], "guardrail/00000000-0000-0000-0000-000000000000");
    assert_eq!(lines[1], "3");
    assert_eq!(STANDARD.decode(lines[2]).unwrap(), tree(3).root().as_bytes());
    assert_eq!(lines[3], "");
    let signature = lines[4].strip_prefix(&format!("\u{2014} {} ", lines[0])).unwrap();
    assert_eq!(STANDARD.decode(signature).unwrap()[..4], id.to_be_bytes());
    assert_eq!(lines[5..], [""]);
    assert_eq!(SignedCheckpoint::open(head.note(), &Memory::new().keys()).unwrap(), head);
}

/// No byte of a checkpoint can be another.
#[test]
fn no_byte_of_a_checkpoint_can_be_another() {
    let (head, keys) = (head(7), Memory::new().keys());
    for at in 0..head.note().len() {
        for flip in [0x01, 0x20, 0x80] {
            let mut bytes = head.note().as_bytes().to_vec();
            bytes[at] ^= flip;
            let Ok(note) = String::from_utf8(bytes) else { continue };
            assert!(SignedCheckpoint::open(&note, &keys).is_err(), "byte {at}: {note}");
        }
    }
}

#[test]
fn a_checkpoint_of_another_key_is_unknown() {
    let other = Keys::of(PublicKey::parse("GlzZBxQ8OExB6DDFvOEqqIF+xWSaqr8sMTiLNbLXRNY=").unwrap());
    let opened = SignedCheckpoint::open(head(7).note(), &other);
    assert_eq!(opened, Err(CheckpointError::Unknown));
    assert_eq!(SignedCheckpoint::open(head(7).note(), &Keys::default()), opened);
}

/// Lines of witnesses behind the log's own are kept and passed over; so they are before it.
#[test]
fn strangers_signatures_are_passed_over() {
    let (head, keys) = (head(7), Memory::new().keys());
    let line = "\u{2014} witness.example TnKKVHLXAAAA\n";
    let behind = format!("{}{line}", head.note());
    assert_eq!(SignedCheckpoint::open(&behind, &keys).unwrap().note(), behind);
    let before = head.note().replace("\n\n", &format!("\n\n{line}"));
    assert_eq!(SignedCheckpoint::open(&before, &keys).unwrap().note(), before);
}

#[test]
fn what_is_no_checkpoint_is_refused() {
    let signer = Memory::new();
    let name = "guardrail/00000000-0000-0000-0000-000000000000";
    let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let opened = |text: &str| {
        let signature = signer.sign(text.as_bytes()).unwrap();
        let note = super::super::note::sealed(text, name, &signer.key(), &signature);
        SignedCheckpoint::open(&note, &signer.keys()).map(drop)
    };
    assert_eq!(opened(&format!("{name}\n0\n{root}\n")), Ok(()));
    assert_eq!(opened(&format!("{name}\n0\n{root}\nextension\n")), Ok(()));
    for text in [
        String::new(),
        format!("{name}\n0\n"),
        format!("{name}\n00\n{root}\n"),
        format!("{name}\n+0\n{root}\n"),
        format!("{name}\n-1\n{root}\n"),
        format!("{name}\n18446744073709551616\n{root}\n"),
        format!("{name}\n0\n{}\n", root.trim_end_matches('=')),
        format!("{name}\n0\n{root}=\n"),
        format!("{name}\n0\nAAAA\n"),
        format!("\n0\n{root}\n"),
        format!("{name}\n0\n{root}\n\nextension\n"),
        format!("a name\n0\n{root}\n"),
        format!("{name}\r\n0\n{root}\n"),
    ] {
        assert_eq!(opened(&text), Err(CheckpointError::Form), "{text:?}");
    }
}

#[test]
fn several_checkpoints_stand_in_one_text() {
    let keys = Memory::new().keys();
    let heads: Vec<SignedCheckpoint> = [1, 5, 9].map(head).to_vec();
    let notes: Vec<&str> = heads.iter().map(SignedCheckpoint::note).collect();
    assert_eq!(SignedCheckpoint::open_all(&notes.join("\n"), &keys).unwrap(), heads);
    assert_eq!(SignedCheckpoint::open_all("", &keys).unwrap(), []);
    let torn = &notes.join("\n")[..notes.join("\n").len() - 9];
    assert!(SignedCheckpoint::open_all(torn, &keys).is_err());
}

fn proof(index: u64, size: u64) -> TlogProof {
    let mut builder = InclusionBuilder::new(Sequence::new(index + 1), size).unwrap();
    (0..size).for_each(|n| builder.push(number(n)));
    TlogProof::new(builder.finish().unwrap(), head(size), number(index)).unwrap()
}

#[test]
fn a_proof_reads_back_and_proves_its_line_alone() {
    let keys = Memory::new().keys();
    for (index, size) in [(0, 1), (0, 9), (6, 9), (8, 9)] {
        let proof = proof(index, size);
        let text = proof.text();
        assert!(text.starts_with(&format!("c2sp.org/tlog-proof@v1\nindex {index}\n")));
        let read = TlogProof::open(&text, &keys).unwrap();
        assert_eq!(read, proof);
        assert_eq!(read.verify(&index.to_string()), Ok(()));
        assert!(read.verify(&(index + 1).to_string()).is_err());
        let extra = text.replace("@v1\n", "@v1\nextra aGVsbG8=\n");
        assert_eq!(TlogProof::open(&extra, &keys).unwrap(), proof);
    }
}

/// No byte of a proof can be another and it still proves its line.
#[test]
fn no_byte_of_a_proof_can_be_another() {
    let (text, keys) = (proof(6, 9).text(), Memory::new().keys());
    for at in 0..text.len() {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] ^= 1;
        let Ok(bent) = String::from_utf8(bytes) else { continue };
        let proven = TlogProof::open(&bent, &keys).is_ok_and(|proof| proof.verify("6").is_ok());
        assert!(!proven, "byte {at}: {bent}");
    }
    let other = TlogProof::open(&text, &Keys::default());
    assert_eq!(other, Err(TlogProofError::Checkpoint(CheckpointError::Unknown)));
    for bad in ["", "c2sp.org/tlog-proof@v2\n", "c2sp.org/tlog-proof@v1\nindex 06\n"] {
        assert_eq!(TlogProof::open(bad, &keys), Err(TlogProofError::Form), "{bad:?}");
    }
}
