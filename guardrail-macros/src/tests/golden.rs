//! `tests/golden/NAME.rs` is what a user writes, `tests/golden/NAME.expanded.rs` what the compiler then sees.
//!
//! `GUARDRAIL_BLESS=1 cargo test -p guardrail-macros` writes the latter anew; read the diff.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a missing or broken golden file fails the test"
)]

use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

#[test]
fn every_golden_file_is_what_the_attribute_expands_to() {
    let mut stale = Vec::new();
    let inputs = inputs();
    assert!(inputs.len() > 9, "the golden files are gone");
    for input in inputs {
        let expanded = expanded(&std::fs::read_to_string(&input).unwrap());
        let golden = input.with_extension("expanded.rs");
        if std::env::var_os("GUARDRAIL_BLESS").is_some() {
            std::fs::write(&golden, &expanded).unwrap();
        }
        if std::fs::read_to_string(&golden).unwrap_or_default() != expanded {
            stale.push(format!("{}:\n{expanded}", golden.display()));
        }
    }
    assert!(stale.is_empty(), "GUARDRAIL_BLESS=1 writes these anew:\n{}", stale.join("\n"));
}

fn inputs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut inputs: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.to_string_lossy().ends_with(".expanded.rs"))
        .collect();
    inputs.sort();
    inputs
}

/// Expands the first `#[requires_approval(..)]` of a file and prints the result.
fn expanded(source: &str) -> String {
    let mut args = None;
    let item = without_attribute(source.parse().unwrap(), &mut args);
    let expanded = crate::expand::expand(args.unwrap(), item);
    let file = syn::parse2(expanded.clone()).unwrap_or_else(|error| panic!("{error}: {expanded}"));
    prettyplease::unparse(&file)
}

/// Takes the attribute out of the tokens, as the compiler does before it calls a macro.
fn without_attribute(tokens: TokenStream, args: &mut Option<TokenStream>) -> TokenStream {
    let mut item: Vec<TokenTree> = Vec::new();
    for token in tokens {
        if let TokenTree::Group(attribute) = &token
            && args.is_none()
            && let Some(TokenTree::Group(inside)) = attribute.stream().into_iter().nth(1)
            && attribute.stream().to_string().starts_with("requires_approval")
        {
            *args = Some(inside.stream());
            item.pop();
            continue;
        }
        item.push(token);
    }
    item.into_iter().collect()
}
