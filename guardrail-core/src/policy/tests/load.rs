//! Files: whose they are, how long, and whether they are whole.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::WHOLE;
use crate::policy::load::{Stamp, not_whole};
use crate::policy::{FILE_LIMIT, PolicyError, PolicySet};

fn file(bytes: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rules.toml");
    fs::write(&path, bytes).unwrap();
    (dir, path)
}

/// The message, with the folder left out.
fn refused(bytes: impl AsRef<[u8]>) -> String {
    let (dir, path) = file(bytes);
    let error = PolicySet::load(&path).unwrap_err().to_string();
    error.replace(&format!("{}/", dir.path().display()), "")
}

#[test]
fn a_file_says_what_its_text_says() {
    let (_dir, path) = file(WHOLE);
    let set = PolicySet::load(&path).unwrap();
    assert_eq!(set.digest(), PolicySet::parse(WHOLE).unwrap().digest());
    assert_eq!(set.policies().count(), 5);
}

#[test]
fn an_empty_file_is_a_set_without_policies() {
    let (_dir, path) = file("");
    assert_eq!(PolicySet::load(&path).unwrap().policies().count(), 0);
}

#[test]
fn mistakes_name_the_file() {
    assert_eq!(
        refused("[policies.x]\naprovers = []\n"),
        "rules.toml:1:11: `policies.x.approvers`: a policy that asks needs approvers, like `approvers = [\"group:NAME\"]`\n\
         rules.toml:2:1: `policies.x.aprovers`: unknown key; did you mean `approvers`?"
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let (dir, path) = file("");
    fs::remove_file(&path).unwrap();
    let error = PolicySet::load(&path).unwrap_err();
    assert!(matches!(&error, PolicyError::Read { path: named, .. } if *named == path));
    assert!(error.mistakes().is_empty());
    assert!(!error.to_string().contains("looked for"), "{error}");
    drop(dir);
    let here = std::env::current_dir().unwrap();
    let error = PolicySet::load("no-such-rules.toml").unwrap_err().to_string();
    let beginning = format!(
        "policy file `no-such-rules.toml`, looked for in the folder `{}`, cannot be read: ",
        here.display()
    );
    assert!(error.starts_with(&beginning), "{error}");
}

#[cfg(unix)]
#[test]
fn a_file_everybody_can_change_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, path) = file(WHOLE);
    for (mode, fine) in
        [(0o600, true), (0o644, true), (0o664, true), (0o666, false), (0o602, false)]
    {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(PolicySet::load(&path).is_ok(), fine, "{mode:o}");
    }
    let error = PolicySet::load(&path).unwrap_err().to_string();
    let shown = error.replace(&format!("{}/", dir.path().display()), "");
    assert_eq!(
        shown,
        "policy file `rules.toml` can be changed by every user of this machine; run `chmod o-w rules.toml`"
    );
    // Behind a link it is the same file.
    let link = dir.path().join("link.toml");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(matches!(PolicySet::load(&link), Err(PolicyError::WorldWritable { .. })));
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_refused_without_waiting_for_it() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(PolicySet::load(dir.path()), Err(PolicyError::NotAFile { .. })));
    assert!(matches!(PolicySet::load("/dev/zero"), Err(PolicyError::NotAFile { .. })));
    let pipe = dir.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    assert!(matches!(PolicySet::load(&pipe), Err(PolicyError::NotAFile { .. })));
}

#[test]
fn a_file_or_a_text_too_long_is_refused() {
    let limit = usize::try_from(FILE_LIMIT).unwrap();
    let text = format!("#{}\n", "x".repeat(limit - 2));
    let (_dir, path) = file(&text);
    assert!(PolicySet::load(&path).is_ok() && PolicySet::parse(&text).is_ok());
    let longer = format!("{text}\n");
    assert_eq!(
        refused(&longer),
        format!("policy file `{}` is longer than 1048576 bytes", "rules.toml")
    );
    assert!(matches!(PolicySet::parse(longer), Err(PolicyError::TooLong { .. })));
}

#[test]
fn a_file_that_is_no_text_is_refused_where_it_is_none() {
    assert_eq!(refused(b"# a\n# \xff\n"), "rules.toml:2:3: here is a byte that is not UTF-8 text");
}

#[test]
fn a_file_that_changes_while_it_is_read_is_refused() {
    let stamp = |bytes, second| Stamp {
        bytes,
        modified: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(second)),
    };
    let changed = Some("it changed while it was read; replace it by a rename");
    assert_eq!(not_whole(b"# a\n", &stamp(4, 1), &stamp(4, 1)), None);
    // Written to, grown, shrunk, and shrunk before the first look.
    assert_eq!(not_whole(b"# a\n", &stamp(4, 1), &stamp(4, 2)), changed);
    assert_eq!(not_whole(b"# a\n", &stamp(4, 1), &stamp(8, 1)), changed);
    assert_eq!(not_whole(b"# a\n", &stamp(8, 1), &stamp(4, 1)), changed);
    assert_eq!(not_whole(b"# a\n", &stamp(8, 1), &stamp(8, 1)), changed);
}

#[test]
fn a_file_cut_inside_a_line_is_refused() {
    assert_eq!(
        refused("[people.a]"),
        "policy file `rules.toml` is not whole: its last line has no end; end it with a line break"
    );
}
