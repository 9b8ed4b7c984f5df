//! The key in a file: its rights, its list, its rotation.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use super::{Counting, Memory, tree};
use crate::audit::proof::{
    Checkpoint, FileSigner, KeyError, Keys, KeysError, PublicKey, SignedCheckpoint, Signer as _,
};
use crate::model::LogId;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn sign(signer: &FileSigner) -> SignedCheckpoint {
    Checkpoint::new(LogId::NONE, &tree(3)).sign(signer).unwrap()
}

/// A key is made once, for its owner alone, and is the same ever after.
#[test]
fn a_key_is_made_once() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("key");
    let first = FileSigner::open(&path).unwrap();
    let again = FileSigner::open(&path).unwrap();
    assert_eq!(first.key(), again.key());
    assert_ne!(first.key(), FileSigner::open(root.path().join("other")).unwrap().key());
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&root.path().join("key.pub")), 0o644);
    let public = fs::read_to_string(root.path().join("key.pub")).unwrap();
    assert_eq!(public, format!("{}\n", first.key()));
    let keys = Keys::parse(&public).unwrap();
    assert!(SignedCheckpoint::open(sign(&again).note(), &keys).is_ok());
    let mut names: Vec<_> =
        fs::read_dir(root.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["key", "key.lock", "key.pub", "other", "other.lock", "other.pub"]);
}

/// Programs that begin together begin with one key, and a rotation is made by one.
#[test]
fn a_key_is_made_by_one() {
    for _ in 0..20 {
        let root = TempDir::new().unwrap();
        let path = &root.path().join("key");
        let keys: Vec<PublicKey> = std::thread::scope(|scope| {
            let open = || FileSigner::open(path).unwrap().key();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == FileSigner::open(path).unwrap().key()), "{keys:?}");

        let (one, other) = (FileSigner::open(path).unwrap(), FileSigner::open(path).unwrap());
        let rotated = one.rotate(&Counting::default()).unwrap().key();
        let late = other.rotate(&Counting::default());
        assert!(matches!(late, Err(KeyError::Other { .. })), "{late:?}");
        assert_eq!(FileSigner::open(path).unwrap().key(), rotated);
    }
}

/// A lock that is held is waited for, and not for ever.
#[test]
fn a_lock_that_is_held_is_told() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("key");
    let held = fs::File::create(root.path().join("key.lock")).unwrap();
    held.lock().unwrap();
    assert!(matches!(FileSigner::open(&path), Err(KeyError::Busy { .. })));
    held.unlock().unwrap();
    FileSigner::open(&path).unwrap();
    // Who only reads needs no lock.
    held.lock().unwrap();
    FileSigner::open(&path).unwrap();
}

/// A key that others may read or write is refused, and nothing is signed with it.
#[test]
fn a_key_open_to_others_is_refused() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("key");
    FileSigner::open(&path).unwrap();
    for bits in [0o604, 0o640, 0o602, 0o620, 0o601, 0o610, 0o644, 0o666] {
        fs::set_permissions(&path, fs::Permissions::from_mode(bits)).unwrap();
        let refused = FileSigner::open(&path);
        assert!(
            matches!(&refused, Err(KeyError::Unsafe { mode, .. }) if *mode == bits),
            "{bits:o}: {refused:?}"
        );
        assert!(refused.unwrap_err().to_string().contains("chmod 600"));
    }
    for bits in [0o600, 0o400] {
        fs::set_permissions(&path, fs::Permissions::from_mode(bits)).unwrap();
        FileSigner::open(&path).unwrap();
    }
    fs::set_permissions(root.path().join("key.pub"), fs::Permissions::from_mode(0o666)).unwrap();
    let refused = FileSigner::open(&path).unwrap_err().to_string();
    assert!(refused.contains("chmod o-w"), "{refused}");
}

/// Neither the signer nor any error of it shows a byte of the key.
#[test]
fn a_key_is_never_printed() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("key");
    let signer = FileSigner::open(&path).unwrap();
    let pem = fs::read_to_string(&path).unwrap();
    let body = pem.lines().nth(1).unwrap();
    let shown = format!("{signer:?} {:?}", Memory::new());
    assert!(!shown.contains(&body[22..]) && shown.contains("[secret]"), "{shown}");
    fs::write(&path, pem.replace("BEGIN PRIVATE", "BEGIN PUBLIC")).unwrap();
    let error = FileSigner::open(&path).unwrap_err();
    assert!(matches!(error, KeyError::Form { .. }));
    assert!(!format!("{error} {error:?}").contains(&body[22..]));
}

/// What was signed with an old key verifies after any number of rotations, by whoever trusts the
/// first key alone.
#[test]
fn old_keys_are_kept_for_verification() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("key");
    let entropy = Counting::default();
    let first = FileSigner::open_with(&path, &entropy).unwrap();
    let trusted = first.key();
    let mut signed = vec![sign(&first)];
    let mut signer = first;
    for _ in 0..3 {
        signer = signer.rotate(&entropy).unwrap();
        signed.push(sign(&signer));
    }
    let signer = FileSigner::open(&path).unwrap();
    assert_eq!(signer.keys().iter().count(), 4);
    let text = fs::read_to_string(root.path().join("key.pub")).unwrap();
    let keys = Keys::parse(&text).unwrap();
    assert_eq!(keys.iter().next(), Some(&trusted));
    assert_eq!(keys.last(), Some(&signer.key()));
    assert_eq!(keys.text(), text);
    for head in &signed {
        SignedCheckpoint::open(head.note(), &keys).unwrap();
    }
    assert_eq!(
        signed
            .iter()
            .filter(|h| SignedCheckpoint::open(h.note(), &Keys::of(trusted)).is_ok())
            .count(),
        1
    );
    assert_eq!(mode(&path), 0o600);
}

/// A key that the one before did not name is none of the list's.
#[test]
fn a_list_that_was_changed_is_refused() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("key");
    let entropy = Counting::default();
    let signer = FileSigner::open_with(&path, &entropy).unwrap();
    signer.rotate(&entropy).unwrap().rotate(&entropy).unwrap();
    let text = fs::read_to_string(root.path().join("key.pub")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let stranger = FileSigner::open_with(root.path().join("other"), &entropy).unwrap().key();
    let named = lines[1].split_once(' ').unwrap().1;
    for bad in [
        format!("{}\n{stranger}\n", lines[0]),
        format!("{}\n{stranger} {named}\n", lines[0]),
        format!("{}\n{}\n", lines[0], lines[2]),
        format!("{}\n{}\n", lines[1], lines[2]),
        format!("{}\n{}\n", lines[1].split_once(' ').unwrap().0, lines[1]),
    ] {
        assert!(matches!(Keys::parse(&bad), Err(KeysError::NotNamed { .. })), "{bad}");
    }
    assert_eq!(Keys::parse("\n"), Err(KeysError::Empty));
    assert!(matches!(Keys::parse("key\n"), Err(KeysError::Key(_))));
    fs::write(root.path().join("key.pub"), format!("{}\n", lines[0])).unwrap();
    assert!(matches!(FileSigner::open(&path), Err(KeyError::Other { .. })));
}

/// A rotation that was cut short leaves one key in use: the old one, or the new one.
#[test]
fn a_rotation_cut_short_is_finished_or_undone() {
    let entropy = Counting::default();
    let root = TempDir::new().unwrap();
    let path = |name: &str| root.path().join(name);
    let old = FileSigner::open_with(path("key"), &entropy).unwrap().key();
    // The new key is there, and not named yet.
    FileSigner::open_with(path("spare"), &entropy).unwrap();
    fs::copy(path("spare"), path("key.next")).unwrap();
    assert_eq!(FileSigner::open(path("key")).unwrap().key(), old);
    assert!(!path("key.next").exists());
    // It is named, and not moved yet.
    let before = fs::read(path("key")).unwrap();
    let new = FileSigner::open(path("key")).unwrap().rotate(&entropy).unwrap().key();
    fs::rename(path("key"), path("key.next")).unwrap();
    fs::write(path("key"), before).unwrap();
    fs::set_permissions(path("key"), fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(FileSigner::open(path("key")).unwrap().key(), new);
    assert_eq!(FileSigner::open(path("key")).unwrap().keys().iter().count(), 2);
}

/// A lost key is not replaced in silence.
#[test]
fn a_lost_key_is_told() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("key");
    FileSigner::open(&path).unwrap();
    fs::remove_file(&path).unwrap();
    assert!(matches!(FileSigner::open(&path), Err(KeyError::Lost { .. })));
}

#[test]
fn a_weak_key_is_none() {
    for bytes in [[0; 32], {
        let mut one = [0; 32];
        one[0] = 1;
        one
    }] {
        assert!(PublicKey::from_bytes(&bytes).is_err());
    }
    let key = Memory::new().key();
    assert_eq!(PublicKey::parse(&key.to_pem()).unwrap(), key);
    assert_eq!(PublicKey::parse(&key.to_string()).unwrap(), key);
}
