//! Rule: crates depend downwards only, inherit the workspace's lints, and are all built by default.

use crate::house::finding::Finding;
use crate::tree::{Manifest, Tree};

/// Each crate of ours, and those of ours it may depend on. Conformance may also be a dev-dependency of
/// whoever has an implementation to check, but not of the core, which it depends on.
const MAY_DEPEND: &[(&str, &[&str])] = &[
    ("guardrail-core", &[]),
    ("guardrail-macros", &[]),
    ("guardrail-conformance", &["guardrail-core"]),
    ("guardrail-sql", &["guardrail-core"]),
    ("guardrail-api", &["guardrail-core"]),
    ("guardrail-slack", &["guardrail-core"]),
    ("guardrail-teams", &["guardrail-core"]),
    (
        "guardrail",
        &[
            "guardrail-core",
            "guardrail-macros",
            "guardrail-sql",
            "guardrail-api",
            "guardrail-slack",
            "guardrail-teams",
        ],
    ),
    (
        "guardrail-cli",
        &[
            "guardrail",
            "guardrail-core",
            "guardrail-sql",
            "guardrail-api",
            "guardrail-slack",
            "guardrail-teams",
        ],
    ),
    ("xtask", &[]),
    ("guardrail-test-counterparts", &[]),
    ("guardrail-test-slack", &["guardrail-core", "guardrail-test-counterparts"]),
    // Tests that must be crates of their own.
    ("guardrail-test-2021", &["guardrail"]),
    ("guardrail-test-core", &["guardrail-core", "guardrail-macros"]),
    ("guardrail-test-no-prelude", &["guardrail"]),
    ("guardrail-test-renamed", &["guardrail"]),
    ("guardrail-test-frameworks", &["guardrail"]),
];

/// What the tests of every crate may use.
const FOR_TESTS: &[&str] = &["guardrail-test-counterparts", "guardrail-test-slack"];

const MAY_TEST_WITH_CONFORMANCE: &[&str] = &[
    "guardrail",
    "guardrail-sql",
    "guardrail-api",
    "guardrail-slack",
    "guardrail-teams",
    "guardrail-cli",
];

/// The core reaches no network and no database.
const NOT_IN_CORE: &[&str] = &[
    "axum",
    "http",
    "hyper",
    "postgres",
    "reqwest",
    "rusqlite",
    "sqlx",
    "tokio-tungstenite",
    "tower",
    "tungstenite",
    "ureq",
];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let members = list(tree, "members");
    let defaults = list(tree, "default-members");
    let excluded = list(tree, "exclude");
    let mut findings = Vec::new();
    for manifest in tree.manifests() {
        let folder = manifest.folder().trim_end_matches('/');
        let folder = if folder.is_empty() { "." } else { folder };
        if excluded.contains(&folder) {
            continue;
        }
        let mut found = |what: String| findings.push(Finding::new(manifest.path(), what));
        if !members.contains(&folder) || !defaults.contains(&folder) {
            found("not in both `members` and `default-members` of the workspace".to_owned());
        }
        if manifest.at(&["lints", "workspace"]).and_then(toml::Value::as_bool) != Some(true) {
            found("does not inherit the lints: `[lints] workspace = true`".to_owned());
        }
        let Some((package, allowed)) =
            MAY_DEPEND.iter().find(|(name, _)| *name == manifest.package())
        else {
            found(format!(
                "`{}` has no place yet; give it one in xtask/src/house/crates.rs",
                manifest.package()
            ));
            continue;
        };
        for (dependency, dev) in dependencies(manifest) {
            let ours = MAY_DEPEND.iter().any(|(name, _)| *name == dependency);
            let conformance = dev
                && dependency == "guardrail-conformance"
                && MAY_TEST_WITH_CONFORMANCE.contains(package);
            let for_tests = dev && FOR_TESTS.contains(&dependency);
            if ours && !allowed.contains(&dependency) && !conformance && !for_tests {
                found(format!("may not depend on `{dependency}`: dependencies run downwards"));
            }
            if *package == "guardrail-core" && !dev && NOT_IN_CORE.contains(&dependency) {
                found(format!(
                    "may not depend on `{dependency}`: the core reaches no network and no database"
                ));
            }
        }
    }
    findings
}

/// The real names of everything a manifest depends on, and whether only its tests do.
fn dependencies(manifest: &Manifest) -> Vec<(&str, bool)> {
    let mut found = Vec::new();
    for (key, dev) in
        [("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)]
    {
        let targets = manifest.at(&["target"]).and_then(toml::Value::as_table);
        let by_target = targets
            .into_iter()
            .flat_map(|table| table.values())
            .filter_map(|target| target.get(key));
        let tables =
            manifest.at(&[key]).into_iter().chain(by_target).filter_map(toml::Value::as_table);
        for (name, dependency) in tables.flatten() {
            found.push((
                dependency.get("package").and_then(toml::Value::as_str).unwrap_or(name),
                dev,
            ));
        }
    }
    found
}

fn list<'a>(tree: &'a Tree, key: &str) -> Vec<&'a str> {
    let root = tree.manifests().iter().find(|manifest| manifest.folder().is_empty());
    let paths = root.and_then(|root| root.at(&["workspace", key])).and_then(toml::Value::as_array);
    paths.into_iter().flatten().filter_map(toml::Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::house::finding::said;

    /// What is found in one crate of an otherwise good workspace.
    fn found(package: &str, rest: &str) -> Vec<String> {
        let root = format!(
            "[workspace]\nmembers = [\".\", \"{package}\"]\ndefault-members = [\".\", \"{package}\"]\n\
             [package]\nname = \"guardrail\"\n[lints]\nworkspace = true"
        );
        let manifest = format!("[package]\nname = \"{package}\"\n{rest}");
        said(check, &[("Cargo.toml", &root), (&format!("{package}/Cargo.toml"), &manifest)])
    }

    #[test]
    fn a_dependency_upwards_is_found() {
        let lints = "[lints]\nworkspace = true\n";
        let one = |package, rest: &str| found(package, &format!("{lints}{rest}")).len();
        assert_eq!(one("guardrail-slack", "[dependencies]\nguardrail-core.workspace = true"), 0);
        assert_eq!(one("guardrail-slack", "[dependencies]\nguardrail.workspace = true"), 1);
        assert_eq!(
            one("guardrail-slack", "[dev-dependencies]\nguardrail-teams.workspace = true"),
            1
        );
        assert_eq!(
            one(
                "guardrail-slack",
                "[dependencies]\nface = { package = \"guardrail\", path = \"..\" }"
            ),
            1
        );
        assert_eq!(
            one(
                "guardrail-macros",
                "[target.'cfg(unix)'.dependencies]\nguardrail-core.workspace = true"
            ),
            1
        );
    }

    #[test]
    fn conformance_is_for_tests_and_not_for_the_core() {
        let lints = "[lints]\nworkspace = true\n";
        let one = |package, rest: &str| found(package, &format!("{lints}{rest}")).len();
        assert_eq!(
            one("guardrail-sql", "[dev-dependencies]\nguardrail-conformance.workspace = true"),
            0
        );
        assert_eq!(
            one("guardrail-sql", "[dependencies]\nguardrail-conformance.workspace = true"),
            1
        );
        assert_eq!(
            one("guardrail-core", "[dev-dependencies]\nguardrail-conformance.workspace = true"),
            1
        );
        let counterparts = |kind| format!("[{kind}]\nguardrail-test-counterparts.workspace = true");
        assert_eq!(one("guardrail-core", &counterparts("dev-dependencies")), 0);
        assert_eq!(one("guardrail-core", &counterparts("dependencies")), 1);
    }

    #[test]
    fn a_network_in_the_core_is_found() {
        assert_eq!(
            found(
                "guardrail-core",
                "[lints]\nworkspace = true\n[dependencies]\nreqwest = \"0.12\""
            )
            .len(),
            1
        );
    }

    #[test]
    fn a_crate_without_lints_place_or_membership_is_found() {
        assert_eq!(found("guardrail-core", "").len(), 1);
        assert_eq!(found("guardrail-new", "[lints]\nworkspace = true").len(), 1);
        let root = "[workspace]\nmembers = [\".\"]\ndefault-members = [\".\"]\n[package]\nname = \"guardrail\"\n[lints]\nworkspace = true";
        let files = [
            ("Cargo.toml", root),
            ("xtask/Cargo.toml", "[package]\nname = \"xtask\"\n[lints]\nworkspace = true"),
        ];
        assert_eq!(said(check, &files).len(), 1);
    }
}
