//! `cargo xtask bench`: every file in a `benches/` folder of the workspace, one step each; then their ratios.

use crate::command::{Cmd, Failure, root};
use crate::ratios;
use crate::step::Step;
use crate::tree::Tree;

pub(crate) fn steps() -> Result<Vec<Step>, Failure> {
    let mut steps = steps_of(&Tree::read(&root())?);
    if steps.is_empty() {
        return Err(Failure::new("the workspace has no file in a `benches/` folder"));
    }
    steps.push(Step::work("ratios", ratios::print));
    Ok(steps)
}

fn steps_of(tree: &Tree) -> Vec<Step> {
    let mut steps = Vec::new();
    for manifest in tree.manifests() {
        let (package, folder) = (manifest.package(), format!("{}benches/", manifest.folder()));
        for source in tree.sources() {
            let Some(bench) =
                source.path().strip_prefix(&folder).and_then(|rest| rest.strip_suffix(".rs"))
            else {
                continue;
            };
            if !bench.contains('/') {
                let line =
                    format!("bench --package {package} --bench {bench} --all-features --locked");
                steps.push(Step::command(bench, Cmd::cargo(&line)));
            }
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::steps_of;
    use crate::tree::Tree;

    #[test]
    fn each_bench_file_is_a_step_and_their_helpers_are_not() {
        let tree = Tree::of(&[
            ("Cargo.toml", "[package]\nname = \"guardrail\""),
            ("benches/approval.rs", ""),
            ("benches/common/mod.rs", ""),
            ("guardrail-sql/Cargo.toml", "[package]\nname = \"guardrail-sql\""),
            ("guardrail-sql/benches/append.rs", ""),
        ]);
        let names: Vec<_> = steps_of(&tree).iter().map(|step| step.name().to_owned()).collect();
        assert_eq!(names, ["approval", "append"]);
    }
}
