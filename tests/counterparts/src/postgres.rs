//! A PostgreSQL server of its own for a test: on a spare port, in a temporary folder, as nobody.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::counterparts::Counterparts;
use crate::running::Running;

/// The user who is nobody: `initdb` and the server refuse to run as root.
const NOBODY: u32 = 65534;

/// How long a server that was killed may hold what its successor needs.
const RELEASE: Duration = Duration::from_secs(30);

/// A PostgreSQL server. Dropped, it is killed, and its folder goes.
#[derive(Debug)]
pub struct Postgres {
    parts: Counterparts,
    folder: PathBuf,
    port: u16,
    settings: Vec<String>,
    running: Option<Running>,
}

impl Postgres {
    /// Makes a cluster and starts a server with these settings, such as `fsync=off`.
    ///
    /// # Errors
    ///
    /// When there is no port or no room, or the server does not start.
    pub fn start(parts: &Counterparts, settings: &[&str]) -> io::Result<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let made = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("guardrail-postgres-{}-{made}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder)?;
        let mut server = Self {
            parts: parts.clone(),
            folder,
            port: TcpListener::bind("127.0.0.1:0")?.local_addr()?.port(),
            settings: settings.iter().map(|setting| (*setting).to_owned()).collect(),
            running: None,
        };
        fs::set_permissions(&server.folder, fs::Permissions::from_mode(0o700))?;
        if is_root()? {
            chown(&server.folder, Some(NOBODY), Some(NOBODY))?;
        }
        let made = server
            .program("initdb")?
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "-N"])
            .arg(server.data())
            .stdin(Stdio::null())
            .output()?;
        if !made.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&made.stderr).into_owned()));
        }
        server.run()?;
        Ok(server)
    }

    /// The URL of a database in it, for its superuser. `postgres` is always there.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.url_as("postgres", database)
    }

    /// The same for another role.
    #[must_use]
    pub fn url_as(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    /// Its port on the loopback.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Kills it, as a crash does: nothing is written any more.
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// Starts it again, on the same port, over what it left.
    ///
    /// # Errors
    ///
    /// When it does not start.
    pub fn run(&mut self) -> io::Result<()> {
        let until = Instant::now() + RELEASE;
        loop {
            let mut server = self.program("postgres")?;
            server.arg("-D").arg(self.data()).arg("-p").arg(self.port.to_string());
            server.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
            for setting in &self.settings {
                server.arg("-c").arg(setting);
            }
            let ready = |line: &str| line.contains("ready to accept connections").then_some(());
            match Running::start_quietly(server, ready) {
                Ok((running, ())) => {
                    self.running = Some(running);
                    return Ok(());
                }
                Err(error) if Instant::now() >= until => return Err(error),
                // A sleep: the processes of a killed server notice it in their own time.
                Err(_) => thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    /// The same where it was killed; else nothing.
    ///
    /// # Errors
    ///
    /// As [`Postgres::run`].
    pub fn run_again(&mut self) -> io::Result<()> {
        if self.running.is_some() { Ok(()) } else { self.run() }
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A program of the server, as nobody where this is root.
    fn program(&self, name: &str) -> io::Result<Command> {
        let program = self.parts.debian(&format!("usr/lib/postgresql/15/bin/{name}"));
        if !is_root()? {
            return Ok(program);
        }
        let nobody = NOBODY.to_string();
        let mut command = Command::new("setpriv");
        command.args(["--reuid", &nobody, "--regid", &nobody, "--clear-groups", "--"]);
        command.arg(program.get_program()).current_dir("/");
        command.envs(program.get_envs().filter_map(|(key, value)| Some((key, value?))));
        Ok(command)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
        remove(&self.folder);
    }
}

/// Removes a folder in which processes that are about to end may still write.
fn remove(folder: &Path) {
    for _ in 0..50 {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                // A sleep: they end within moments.
                thread::sleep(Duration::from_millis(20));
            }
            _ => return,
        }
    }
}

fn is_root() -> io::Result<bool> {
    Ok(fs::metadata("/proc/self")?.uid() == 0)
}
