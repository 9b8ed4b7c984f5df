//! Packages from Debian, unpacked and not installed: nothing starts, and the machine stays as it was.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::command::{Cmd, Failure};
use crate::counterparts::{failed, machine, read, remove, rows};

pub(super) fn install(into: &Path) -> Result<(), Failure> {
    let list = read("debian.txt")?;
    let wanted: BTreeSet<&str> = rows(&list).collect();
    // A machine whose lists of packages are empty or stale knows no package, or none that is still there.
    if fetch(into, &wanted).is_err() {
        machine::as_root(&Cmd::new("apt-get").args("update --quiet"))?;
        fetch(into, &wanted)?;
    }
    for package in packages(into)? {
        Cmd::new("dpkg-deb")
            .arg("--extract")
            .arg(package.as_str())
            .arg(into.to_string_lossy())
            .output()?;
        remove(Path::new(&package))?;
    }
    Ok(())
}

/// Downloads the packages and whatever they need that the machine has not got.
fn fetch(into: &Path, wanted: &BTreeSet<&str>) -> Result<(), Failure> {
    let list: Vec<&str> = wanted.iter().copied().collect();
    let simulated = Cmd::new("apt-get")
        .args("install --simulate --no-install-recommends")
        .args(&list.join(" "))
        .output()?;
    let missing = simulated.lines().filter_map(newly_installed);
    let all: BTreeSet<&str> = wanted.iter().copied().chain(missing).collect();
    let download = all.iter().copied().collect::<Vec<_>>().join(" ");
    Cmd::new("apt-get").args("download --quiet").args(&download).inside(into).output().map(|_| ())
}

/// The package of a line `Inst libpq5 (15.18-0+deb12u1 Debian:12 [amd64])`; not one that is only upgraded,
/// which has its present version in brackets behind the name.
fn newly_installed(line: &str) -> Option<&str> {
    let (name, rest) = line.strip_prefix("Inst ")?.split_once(' ')?;
    rest.starts_with('(').then_some(name)
}

fn packages(folder: &Path) -> Result<Vec<String>, Failure> {
    let entries = fs::read_dir(folder).map_err(|e| failed(folder, &e))?;
    let paths = entries.flatten().map(|entry| entry.path().to_string_lossy().into_owned());
    Ok(paths.filter(|path| path.ends_with(".deb")).collect())
}

#[cfg(test)]
mod tests {
    use super::newly_installed;

    #[test]
    fn what_the_machine_lacks_comes_along_and_what_it_has_stays() {
        let new = "Inst libpq5 (15.18-0+deb12u1 Debian:12 [amd64])";
        assert_eq!(newly_installed(new), Some("libpq5"));
        assert_eq!(newly_installed("Inst libc6 [2.36-9] (2.36-9+deb12u1 Debian:12)"), None);
        assert_eq!(newly_installed("Conf libpq5 (15.18-0+deb12u1 Debian:12)"), None);
    }
}
