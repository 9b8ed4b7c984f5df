//! Other attributes on the function that would undo the guard, or double it.

use syn::Attribute;

use crate::errors::Errors;
use crate::item::Function;

/// Attributes that answer a second call from memory.
const CACHES: &[&str] = &["cached", "once", "memoize", "io_cached", "concurrent_cached"];

const CACHED: &str = "a cache hit would run without an approval: take `#[requires_approval(..)]` \
                      off, and guard an `async fn` that calls this one";

/// Refuses neighbours that do not go together with an approval.
pub(crate) fn check(function: &Function, errors: &mut Errors) {
    for attribute in &function.attributes {
        let Some(name) = attribute.path().segments.last().map(|last| &last.ident) else { continue };
        if is_ours(attribute) {
            errors.at(
                name.span(),
                "this function already requires an approval: one `#[requires_approval(..)]` a \
                 function; several people, stages and conditions belong to its policy",
            );
        } else if CACHES.iter().any(|cache| name == cache) {
            errors.at(name.span(), CACHED);
        }
    }
    if is_cache_made(function) {
        errors.at(function.signature.ident.span(), CACHED);
    }
}

/// Whether this is the attribute itself.
pub(crate) fn is_ours(attribute: &Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|last| last.ident == "requires_approval")
}

/// Whether a cache above has already rewritten the function: it goes by the names these macros make.
fn is_cache_made(function: &Function) -> bool {
    let name = function.signature.ident.to_string();
    let origin = format!("{name}_no_cache");
    name.starts_with("memoized_original_")
        || (function.body.has_at_top(|word| *word == origin)
            && function.body.has_at_top(|word| word.to_string().contains("cached")))
}
