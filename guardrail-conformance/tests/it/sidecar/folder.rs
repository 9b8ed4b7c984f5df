//! The sidecar in a folder keeps the contract, and the folder is its owner's alone.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use guardrail_conformance::sidecar::SidecarFactory;
use guardrail_core::audit::sidecar::{FolderSidecar, Opening, Sidecar};
use guardrail_core::clock::Timestamp;
use guardrail_core::model::RequestId;
use guardrail_core::model::secret::Salt;
use tempfile::TempDir;

/// Sidecars in folders under one.
struct Folders {
    root: TempDir,
    made: Mutex<u32>,
}

impl Folders {
    fn new() -> Self {
        Self { root: TempDir::new().unwrap(), made: Mutex::default() }
    }

    /// The folder that was made last.
    fn last(&self) -> PathBuf {
        self.root.path().join(self.made.lock().unwrap().to_string())
    }
}

#[async_trait::async_trait]
impl SidecarFactory for Folders {
    type Sidecar = FolderSidecar;

    async fn fresh(&self) -> FolderSidecar {
        *self.made.lock().unwrap() += 1;
        FolderSidecar::open(self.last()).await.unwrap()
    }

    async fn reopen(&self, sidecar: FolderSidecar) -> Option<FolderSidecar> {
        drop(sidecar);
        Some(FolderSidecar::open(self.last()).await.unwrap())
    }

    async fn bytes(&self, _: &FolderSidecar) -> Option<Vec<u8>> {
        Some(bytes(&self.last()))
    }
}

/// All files of a folder, and their names.
fn bytes(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        bytes.extend(entry.file_name().as_encoded_bytes());
        bytes.extend(std::fs::read(entry.path()).unwrap());
    }
    bytes
}

guardrail_conformance::sidecar_suite!(Folders::new());

fn opening(place: &str) -> Opening {
    let id = RequestId::random(Timestamp::from_micros(0), &super::fault::entropy()).unwrap();
    Opening::new(id, place, Salt::from_bytes([7; 32]), "\"value\"".to_owned())
}

/// 0700 the folder, 0600 the files; one that others may enter is refused, with what to do.
#[tokio::test]
async fn it_is_its_owners_alone() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("a/b");
    let sidecar = FolderSidecar::open(&path).await.unwrap();
    sidecar.keep(&[opening("/x")]).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(&path), 0o700);
    for entry in std::fs::read_dir(&path).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
    for open in [0o701, 0o710, 0o750, 0o755] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(open)).unwrap();
        let refused = FolderSidecar::open(&path).await.unwrap_err().to_string();
        assert!(refused.contains("chmod 700"), "{open:o}: {refused}");
    }
}

/// Whatever a call names its argument, files stand in the folder, under names of ours.
#[tokio::test]
async fn a_name_never_becomes_a_path() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("openings");
    let sidecar = FolderSidecar::open(&path).await.unwrap();
    let long = "n".repeat(100_000);
    let hostile = ["/../../x", "/..", "/a\0b", "//etc/passwd", &long, "/\u{202e}", ""];
    sidecar.keep(&hostile.map(opening)).await.unwrap();
    let around: Vec<_> = std::fs::read_dir(root.path()).unwrap().collect();
    assert_eq!(around.len(), 1);
    let names: Vec<_> = std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), hostile.len());
    for name in names {
        let name = name.into_string().unwrap();
        let ours = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b'-' | b'.');
        assert!(name.len() == 101 && name.bytes().all(ours), "{name}");
    }
}

/// What somebody changed is damage, or another value: never what was kept.
#[tokio::test]
async fn what_was_changed_is_not_believed() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("openings");
    let sidecar = FolderSidecar::open(&path).await.unwrap();
    let kept = opening("/x");
    sidecar.keep(std::slice::from_ref(&kept)).await.unwrap();
    let file = path.join(kept.label().to_string());
    let line = std::fs::read(&file).unwrap();
    for at in 0..line.len() {
        for changed in [line[at] ^ 1, b'"', b'\n'] {
            let mut bytes = line.clone();
            bytes[at] = changed;
            std::fs::write(&file, &bytes).unwrap();
            let believed = sidecar.open(&kept.label()).await.is_ok_and(|opened| {
                opened.is_some_and(|opened| opened.is_sound() && opened.place() == "/x")
            });
            assert!(!believed || bytes == line || at + 1 == line.len(), "byte {at} as {changed}");
        }
        std::fs::write(&file, &line[..at]).unwrap();
        let cut = sidecar.open(&kept.label()).await;
        assert!(cut.is_err() || at + 1 == line.len(), "cut at {at}");
    }
}
