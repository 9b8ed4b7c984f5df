//! A place that is no log in SQLite: the error says which place, and what it is.

use std::fs;
use std::path::Path;

use guardrail_sql::SqliteLog;
use tempfile::TempDir;

async fn said(path: &Path) -> String {
    SqliteLog::open(path).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_folder_is_no_file() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("audit");
    fs::create_dir(&path).unwrap();
    let (said, place) = (said(&path).await, path.display());
    assert!(said.contains(&format!("`{place}`: it is a folder")), "{said}");
}

#[tokio::test]
async fn a_file_of_something_else_is_named() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("guardrail.toml");
    fs::write(&path, "[people.ada]\n".repeat(99)).unwrap();
    let (said, place) = (said(&path).await, path.display());
    assert!(said.contains(&format!("`{place}`: ")), "{said}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "[people.ada]\n".repeat(99));
}
