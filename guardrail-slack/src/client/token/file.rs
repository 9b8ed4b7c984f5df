//! Keeps the bot's tokens in a file that only the program may read.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use guardrail_core::clock::Timestamp;
use serde::Deserialize;
use serde_json::json;

use crate::client::token::store::{BotTokens, StoreError, TokenStore};

/// Three short strings fit many times.
const FILE_LIMIT: u64 = 16 * 1024;

/// A file with the bot's tokens, replaced as a whole each time, readable by its owner alone.
///
/// Processes of one app on one machine may share it.
#[derive(Clone, Debug)]
pub struct TokenFile {
    path: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    access: String,
    refresh: String,
    expires: Timestamp,
}

impl TokenFile {
    /// The file at this path; it is made when tokens are saved first. Its folder must exist.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

#[async_trait]
impl TokenStore for TokenFile {
    async fn load(&self) -> Result<Option<BotTokens>, StoreError> {
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || load(&path)).await?
    }

    async fn save(&self, tokens: &BotTokens) -> Result<(), StoreError> {
        let (path, tokens) = (self.path.clone(), tokens.clone());
        tokio::task::spawn_blocking(move || save(&path, &tokens)).await?
    }
}

fn load(path: &Path) -> Result<Option<BotTokens>, StoreError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    private(&file)?;
    let mut text = String::new();
    file.take(FILE_LIMIT).read_to_string(&mut text)?;
    // serde_json's own words would quote what they stumble over.
    let kept: Kept =
        serde_json::from_str(&text).map_err(|_| "the file of tokens is damaged; remove it")?;
    Ok(Some(BotTokens::new(kept.access, kept.refresh, kept.expires)))
}

fn save(path: &Path, tokens: &BotTokens) -> Result<(), StoreError> {
    let text = json!({
        "access": tokens.access.expose(),
        "refresh": tokens.refresh.expose(),
        "expires": tokens.expires,
    });
    let mut name = path.file_name().ok_or("the path of tokens names no file")?.to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let fresh = path.with_file_name(name);
    let written = create(&fresh).and_then(|mut file| {
        file.write_all(text.to_string().as_bytes())?;
        file.sync_all()
    });
    if let Err(error) = written.and_then(|()| std::fs::rename(&fresh, path)) {
        drop(std::fs::remove_file(&fresh));
        return Err(error.into());
    }
    // The rename itself is durable once the folder is.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    #[cfg(unix)]
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

fn create(path: &Path) -> std::io::Result<File> {
    // One that a process left behind may be open to others; it is made anew.
    drop(std::fs::remove_file(path));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Refuses a file that others may read or write.
fn private(file: &File) -> Result<(), StoreError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            return Err("others may read the file of tokens: `chmod 600` it".into());
        }
    }
    let _ = file;
    Ok(())
}
