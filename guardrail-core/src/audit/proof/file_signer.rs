//! A key in a file of its own.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::audit::proof::key::{PublicKey, Signature};
use crate::audit::proof::keys::{Keys, KeysError, rotation};
use crate::audit::proof::private::PrivateKey;
use crate::audit::proof::signer::{SignError, Signer};
use crate::clock::{Entropy, EntropyError, SystemEntropy};

/// Most bytes of a key file: a list of as many keys as one may hold has 134,000.
const LIMIT: u64 = 256 * 1024;

/// How often a lock is tried that somebody else holds, and how long between two tries.
const TRIES: (u32, Duration) = (100, Duration::from_millis(20));

/// Signs with a key in a file, made when it is first opened.
///
/// The file is PEM (PKCS #8), as openssl writes it, and its owner's alone (mode 0600); one that
/// others may read is refused. Beside it, with `.pub` behind its name, stand the public keys, old
/// ones too, as [`Keys`] reads them. Whoever can read the key can sign another log in this one's
/// name, so it belongs where the agents and whoever could rewrite the log cannot read it.
#[derive(Debug)]
pub struct FileSigner {
    path: PathBuf,
    key: PrivateKey,
    keys: Keys,
}

impl FileSigner {
    /// Opens the key at this path, or makes it. Blocks.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        Self::open_with(path, &SystemEntropy)
    }

    /// The same, a new key made from these random bits.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn open_with(path: impl AsRef<Path>, entropy: &dyn Entropy) -> Result<Self, KeyError> {
        let path = path.as_ref().to_owned();
        match Self::settled(&path)? {
            Some(signer) => Ok(signer),
            None => Self::mended(path, entropy),
        }
    }

    /// The key where nothing is missing or half done: nothing is written, so the folder may be one
    /// that cannot be.
    fn settled(path: &Path) -> Result<Option<Self>, KeyError> {
        if read(&beside(path, ".next"))?.is_some() {
            return Ok(None);
        }
        let (Some(key), Some(keys)) = (read(path)?, read_keys(path)?) else { return Ok(None) };
        let is_last = keys.last() == Some(&key.public());
        Ok(is_last.then(|| Self { path: path.to_owned(), key, keys }))
    }

    /// The key, once what is missing was made and what was half done is finished or undone.
    fn mended(path: PathBuf, entropy: &dyn Entropy) -> Result<Self, KeyError> {
        let _lock = lock(&path)?;
        let known = read_keys(&path)?;
        let next = beside(&path, ".next");
        if let Some(key) = read(&next)? {
            // A rotation was cut short. Once its key is in the list, it is the key.
            if known.as_ref().and_then(Keys::last) == Some(&key.public()) {
                fs::rename(&next, &path).map_err(|e| KeyError::storage(&next, e))?;
                sync_folder(&path)?;
            } else {
                fs::remove_file(&next).map_err(|e| KeyError::storage(&next, e))?;
            }
        }
        let key = match (read(&path)?, &known) {
            (Some(key), _) => key,
            // A new key in place of a lost one would make every old checkpoint a stranger's.
            (None, Some(_)) => return Err(KeyError::Lost { path }),
            (None, None) => {
                let key = PrivateKey::random(entropy)?;
                write(&path, key.to_pem().as_bytes(), 0o600)?;
                key
            }
        };
        let keys = match known {
            Some(keys) if keys.last() == Some(&key.public()) => keys,
            Some(_) => return Err(KeyError::Other { path }),
            None => {
                let keys = Keys::of(key.public());
                replace(&beside(&path, ".pub"), keys.text().as_bytes())?;
                keys
            }
        };
        Ok(Self { path, key, keys })
    }

    /// Makes a new key the one in use. The old one signs for it, is forgotten, and its public half
    /// stays in the list. Blocks; a crash leaves the one or the other in use.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn rotate(self, entropy: &dyn Entropy) -> Result<Self, KeyError> {
        let Self { path, key: old, mut keys } = self;
        let _lock = lock(&path)?;
        if read_keys(&path)?.as_ref() != Some(&keys) {
            return Err(KeyError::Other { path });
        }
        let key = PrivateKey::random(entropy)?;
        let next = beside(&path, ".next");
        write(&next, key.to_pem().as_bytes(), 0o600)?;
        keys.follow(key.public(), old.sign(rotation(&key.public()).as_bytes()));
        replace(&beside(&path, ".pub"), keys.text().as_bytes())?;
        fs::rename(&next, &path).map_err(|error| KeyError::storage(&path, error))?;
        sync_folder(&path)?;
        Ok(Self { path, key, keys })
    }

    /// The public keys: the one in use is the last.
    #[must_use]
    pub const fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Where the key is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Signer for FileSigner {
    fn key(&self) -> PublicKey {
        self.key.public()
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
        Ok(self.key.sign(message))
    }

    fn known(&self) -> Keys {
        self.keys.clone()
    }
}

/// One at a time makes or replaces a key, so that two that begin together begin with one key.
fn lock(path: &Path) -> Result<File, KeyError> {
    let name = beside(path, ".lock");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&name).map_err(|error| KeyError::storage(&name, error))?;
    for _ in 0..TRIES.0 {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(KeyError::storage(&name, error)),
            // There is no wait for a lock with a limit, so this looks again.
            Err(TryLockError::WouldBlock) => std::thread::sleep(TRIES.1),
        }
    }
    Err(KeyError::Busy { path: path.to_owned() })
}

/// The key of this file; `None` where there is no file.
fn read(path: &Path) -> Result<Option<PrivateKey>, KeyError> {
    let Some(text) = read_text(path, true)? else { return Ok(None) };
    let text = zeroize::Zeroizing::new(text);
    let key = PrivateKey::parse(&text).ok_or_else(|| KeyError::Form { path: path.to_owned() })?;
    Ok(Some(key))
}

fn read_keys(path: &Path) -> Result<Option<Keys>, KeyError> {
    let path = beside(path, ".pub");
    let Some(text) = read_text(&path, false)? else { return Ok(None) };
    Keys::parse(&text).map(Some).map_err(|source| KeyError::Keys { path, source })
}

fn read_text(path: &Path, is_private: bool) -> Result<Option<String>, KeyError> {
    let failed = |error| KeyError::storage(path, error);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    // Looked at through the open file: the name may come to mean another one.
    let forbidden = if is_private { 0o077 } else { 0o002 };
    if let Some(mode) = mode(&file).map_err(failed)?.filter(|mode| mode & forbidden != 0) {
        return Err(KeyError::Unsafe { path: path.to_owned(), mode, is_private });
    }
    let mut text = String::new();
    file.take(LIMIT).read_to_string(&mut text).map_err(failed)?;
    Ok(Some(text))
}

/// Writes a new file, whole and durable, with this mode.
fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<(), KeyError> {
    let failed = |error| KeyError::storage(path, error);
    let new = beside(path, ".new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(&new).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&new, path).map_err(failed)?;
    sync_folder(path)
}

fn replace(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    write(path, bytes, 0o644)
}

fn sync_folder(path: &Path) -> Result<(), KeyError> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    // Other systems keep names durable by themselves, and have no call for it.
    let synced = if cfg!(unix) { File::open(folder).and_then(|f| f.sync_all()) } else { Ok(()) };
    synced.map_err(|error| KeyError::storage(folder, error))
}

fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(extension);
    name.into()
}

/// Its mode, where the system has modes.
fn mode(file: &File) -> io::Result<Option<u32>> {
    let about = file.metadata()?;
    #[cfg(unix)]
    return Ok(Some(std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o7777));
    #[cfg(not(unix))]
    return Ok(Some(about).and(None));
}

/// Why a key file cannot be used. It never says what is in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Others may read or write it.
    #[error(
        "`{}` may be {} by others (mode {mode:o}); if nobody has, `chmod {}` it, else make a new key",
        .path.display(), if *.is_private { "read" } else { "written" },
        if *.is_private { "600" } else { "o-w" }
    )]
    Unsafe {
        /// Which.
        path: PathBuf,
        /// Its mode.
        mode: u32,
        /// Whether it is the private key.
        is_private: bool,
    },
    /// It holds no Ed25519 key.
    #[error("`{}` holds no Ed25519 private key in PEM", .path.display())]
    Form {
        /// Which.
        path: PathBuf,
    },
    /// The public keys are there and the private one is not.
    #[error(
        "the key `{}` is gone while its public keys are there; put it back, or move them away to \
         begin with a new key that nobody trusts yet", .path.display()
    )]
    Lost {
        /// Which.
        path: PathBuf,
    },
    /// Another program makes or replaces it.
    #[error("another program has been making or replacing the key `{}` for two seconds; try again", .path.display())]
    Busy {
        /// Which.
        path: PathBuf,
    },
    /// It is not the last of the public keys beside it, or was replaced meanwhile.
    #[error("`{}` is not the last of the public keys beside it", .path.display())]
    Other {
        /// Which.
        path: PathBuf,
    },
    /// The list of public keys is none.
    #[error("`{}`: {source}", .path.display())]
    Keys {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        source: KeysError,
    },
    /// The disk failed.
    #[error("`{}`: {source}", .path.display())]
    Storage {
        /// Which.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// There was no randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl KeyError {
    fn storage(path: &Path, source: io::Error) -> Self {
        Self::Storage { path: path.to_owned(), source }
    }
}
