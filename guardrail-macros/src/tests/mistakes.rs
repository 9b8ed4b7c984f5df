//! All mistakes are reported at once, and the item is always there beside them.

use proc_macro2::{TokenStream, TokenTree};

use super::expand;

const OK: &str = "async fn deploy(plan: &str, token: &str) -> Result<(), E> { todo!() }";

/// The messages of the `compile_error!`s in what is expanded.
pub(super) fn messages(tokens: TokenStream) -> Vec<String> {
    let mut messages = Vec::new();
    let mut is_error = false;
    for token in tokens {
        match token {
            TokenTree::Ident(word) => is_error = word == "compile_error",
            TokenTree::Group(group) if is_error => {
                messages.push(group.stream().to_string());
                is_error = false;
            }
            _ => {}
        }
    }
    messages
}

#[track_caller]
fn check(args: &str, item: &str, expected: &[&str]) {
    let expanded = expand(args, item);
    assert!(expanded.to_string().contains("fn deploy"), "the item is gone: {expanded}");
    let messages = messages(expanded);
    assert_eq!(messages.len(), expected.len(), "{messages:#?}");
    for (message, expected) in messages.iter().zip(expected) {
        assert!(message.contains(expected), "{message} says nothing of `{expected}`");
    }
}

#[test]
fn no_mistake_no_error() {
    check(r#"policy = "prod", redact(token), skip(plan)"#, OK, &[]);
}

#[test]
fn all_mistakes_come_at_once() {
    check(
        r#"polcy = "prod", skip(plann), fields(a), skip_all = 3, name = "a b", 7, debug(x y)"#,
        "const fn deploy(plan: &str) -> () { }",
        &[
            "did you mean `policy`",
            "write `fields(a = ..)`",
            "`skip_all` takes no value",
            "say what this is",
            "an expression goes into `fields(name = ..)`",
            "an action name is 1 to 128",
            "did you mean `plan`",
            "a `const fn` cannot wait",
        ],
    );
}

#[test]
fn a_missing_policy_is_said_beside_the_other_mistakes() {
    check("skip(x)", OK, &["which policy decides?", "no parameter of `deploy` is called `x`"]);
}

#[test]
fn after_a_mistake_reading_goes_on_behind_the_comma() {
    check(
        r#"policy = , editable(plan), policy = "prod""#,
        OK,
        &["`policy` needs a value", "`editable` is reserved"],
    );
}

#[test]
fn a_body_that_is_half_typed_is_passed_on() {
    let expanded = expand(r#"policy = "prod""#, "async fn deploy() -> R { let x = client. }");
    assert!(expanded.to_string().contains("let x = client ."), "{expanded}");
    assert_eq!(messages(expanded), [] as [&str; 0]);
}

#[test]
fn a_second_attribute_is_reported_once_and_not_expanded_again() {
    let item = format!(r#"#[guardrail::requires_approval(policy = "b")] {OK}"#);
    check(r#"policy = "a""#, &item, &["already requires an approval"]);
    let expanded = expand(r#"policy = "a""#, &item).to_string();
    assert!(!expanded.contains("requires_approval (policy"), "{expanded}");
}

#[test]
fn a_cache_below_is_refused() {
    let caches = [
        "#[cached]",
        "#[cached::proc_macro::cached(time = 60)]",
        "#[once]",
        "#[io_cached(map_error = r#\"|e| e\"#)]",
        "#[concurrent_cached]",
        "#[memoize]",
        "#[memoize::memoize(Capacity: 8)]",
    ];
    for cache in caches {
        let item = format!("{cache} {OK}");
        check(r#"policy = "a""#, &item, &["a cache hit would run without an approval"]);
    }
}

/// Above, the cache has expanded first, and its attribute is gone.
#[test]
fn a_cache_above_is_refused_by_what_it_has_made() {
    let cached = "async fn deploy(plan: &str) -> Result<(), E> { \
                  use cached::Cached; let mut cache = DEPLOY.lock().await; \
                  if let Some(result) = cache.cache_get(&key) { return result; } \
                  let result = deploy_no_cache(plan).await; result }";
    check(r#"policy = "a""#, cached, &["a cache hit would run without an approval"]);
    let memoized = "async fn memoized_original_deploy(plan: &str) -> Result<(), E> { todo!() }";
    let messages = messages(expand(r#"policy = "a""#, memoized));
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(messages.iter().all(|message| message.contains("a cache hit")), "{messages:?}");
}

#[test]
fn what_only_speaks_of_caches_is_guarded() {
    for body in ["cached_plan(plan).await", "deploy_no_cache(plan).await", "clear_cached(x)"] {
        let item = format!("async fn deploy(plan: &str) -> Result<(), E> {{ {body} }}");
        check(r#"policy = "a""#, &item, &[]);
    }
    check(r#"policy = "a""#, &format!("#[cache_control] {OK}"), &[]);
}

#[test]
fn what_is_no_function_is_passed_on_as_it_was() {
    for item in ["struct S { a: u8 }", "impl S { fn a() {} }", "const A: u8 = 1;", "mod m { }"] {
        let expanded = expand(r#"policy = "prod""#, item);
        let item: TokenStream = item.parse().unwrap_or_default();
        assert!(expanded.to_string().ends_with(&item.to_string()), "{expanded}");
        assert_eq!(messages(expanded).len(), 1);
    }
}
