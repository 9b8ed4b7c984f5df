//! The files of the workspace that the checks read: Rust sources, manifests, ARCHITECTURE.md.

use std::fs;
use std::path::Path;

use crate::command::Failure;
use crate::words::{self, Word};

/// Folders without sources of ours: build output, and what tests feed to other programs.
const SKIPPED: &[&str] = &["target", "node_modules", "tests/ui", "tests/data", "tests/golden"];

/// Every file of interest, sorted by path.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    sources: Vec<Source>,
    manifests: Vec<Manifest>,
    architecture: String,
}

/// One Rust file.
#[derive(Debug)]
pub(crate) struct Source {
    path: String,
    text: String,
    words: Result<Vec<Word>, String>,
}

/// One Cargo.toml.
#[derive(Debug)]
pub(crate) struct Manifest {
    path: String,
    table: Result<toml::Table, String>,
}

// ===== impl Tree =====

impl Tree {
    /// Reads the workspace at `root`.
    pub(crate) fn read(root: &Path) -> Result<Self, Failure> {
        let mut files = Vec::new();
        collect(root, "", &mut files)?;
        files.sort();
        let mut tree = Self::default();
        for path in files {
            let text = fs::read_to_string(root.join(&path)).map_err(|e| unreadable(&path, &e))?;
            tree.add(path, text);
        }
        Ok(tree)
    }

    /// A workspace that exists only in a test.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let mut tree = Self::default();
        for (path, text) in files {
            tree.add((*path).to_owned(), (*text).to_owned());
        }
        tree
    }

    pub(crate) fn sources(&self) -> &[Source] {
        &self.sources
    }

    pub(crate) fn manifests(&self) -> &[Manifest] {
        &self.manifests
    }

    /// The text of ARCHITECTURE.md.
    pub(crate) fn architecture(&self) -> &str {
        &self.architecture
    }

    fn add(&mut self, path: String, text: String) {
        if path == "ARCHITECTURE.md" {
            self.architecture = text;
        } else if path.ends_with("Cargo.toml") {
            let table = text.parse::<toml::Table>().map_err(|e| e.to_string());
            self.manifests.push(Manifest { path, table });
        } else if path.ends_with(".rs") {
            let words = words::read(&text, module_of(&path));
            self.sources.push(Source { path, text, words });
        }
    }
}

// ===== impl Source =====

impl Source {
    /// Relative to the root, with `/` between folders.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The one-based line, without spaces around it.
    pub(crate) fn line(&self, number: usize) -> &str {
        number
            .checked_sub(1)
            .and_then(|skip| self.text.lines().nth(skip))
            .unwrap_or_default()
            .trim()
    }

    /// Its tokens; none for a file that cannot be read as Rust, which is a finding of its own.
    pub(crate) fn words(&self) -> &[Word] {
        self.words.as_deref().unwrap_or_default()
    }

    pub(crate) fn error(&self) -> Option<&str> {
        self.words.as_ref().err().map(String::as_str)
    }

    /// Whether all of it is compiled for tests only, or is a suite of tests for implementers.
    pub(crate) fn is_test(&self) -> bool {
        let path = self.path.as_str();
        path.starts_with("tests/")
            || path.contains("/tests/")
            || path.ends_with("/tests.rs")
            || path.starts_with("guardrail-conformance/")
    }

    /// The crate's folder and the module inside it, for a file of a library or program:
    /// `guardrail-core/src/model/id.rs` is `("guardrail-core", ["model", "id"])`.
    pub(crate) fn module(&self) -> Option<(&str, Vec<String>)> {
        let (folder, rest) = split_src(&self.path)?;
        (!rest.starts_with("bin/")).then(|| (folder, module_of(&self.path)))
    }
}

// ===== impl Manifest =====

impl Manifest {
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The folder it stands in: empty for the root, else ending in `/`.
    pub(crate) fn folder(&self) -> &str {
        self.path.strip_suffix("Cargo.toml").unwrap_or_default()
    }

    /// The name of its package, empty if it has none.
    pub(crate) fn package(&self) -> &str {
        self.at(&["package", "name"]).and_then(toml::Value::as_str).unwrap_or_default()
    }

    pub(crate) fn at(&self, keys: &[&str]) -> Option<&toml::Value> {
        let (first, rest) = keys.split_first()?;
        let first = self.table.as_ref().ok()?.get(*first)?;
        rest.iter().try_fold(first, |value, key| value.get(*key))
    }

    pub(crate) fn error(&self) -> Option<&str> {
        self.table.as_ref().err().map(String::as_str)
    }
}

/// The path of modules a file stands for; empty for the root of a crate and for files outside `src`.
fn module_of(path: &str) -> Vec<String> {
    let Some((_, rest)) = split_src(path) else { return Vec::new() };
    let rest = rest.strip_suffix(".rs").unwrap_or(rest);
    let mut module: Vec<String> = rest.split('/').map(str::to_owned).collect();
    if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        module.pop();
    }
    module
}

fn split_src(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("src/").map(|rest| ("", rest)).or_else(|| path.split_once("/src/"))
}

fn collect(root: &Path, folder: &str, files: &mut Vec<String>) -> Result<(), Failure> {
    let unreadable = |e| unreadable(folder, &e);
    for entry in fs::read_dir(root.join(folder)).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        // A link is not followed: it could lead out of the workspace, or in a circle.
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() {
            let skipped =
                SKIPPED.iter().any(|skip| path == *skip || path.ends_with(&format!("/{skip}")));
            if !skipped && !name.starts_with('.') {
                collect(root, &path, files)?;
            }
        } else if kind.is_file()
            && (name.ends_with(".rs") || name == "Cargo.toml" || path == "ARCHITECTURE.md")
        {
            files.push(path);
        }
    }
    Ok(())
}

fn unreadable(path: &str, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot read `{path}`: {error}"))
}
