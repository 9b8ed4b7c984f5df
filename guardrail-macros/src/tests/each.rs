//! Each check speaks up alone, and lets what is right pass.

use super::expand;
use super::mistakes::messages;

const OK: &str = "async fn deploy(plan: &str, token: &str) -> Result<(), E> { todo!() }";

/// Expands, and compares what is said: nothing, or one message with these words.
#[track_caller]
fn check(args: &str, item: &str, says: Option<&str>) {
    let said = messages(expand(args, item));
    match (said.as_slice(), says) {
        ([], None) => {}
        ([said], Some(says)) => assert!(said.contains(says), "{said}: no `{says}`"),
        (said, says) => assert_eq!(said, says.as_slice(), "{args} {item}"),
    }
}

#[test]
fn a_policy_has_a_name_that_files_can_spell() {
    check(&format!("policy = \"{}\"", "p".repeat(128)), OK, None);
    check(&format!("policy = \"{}\"", "p".repeat(129)), OK, Some("a policy name is 1 to 128"));
    check(r#"policy = """#, OK, Some("a policy name is 1 to 128"));
    check(r#"policy = "a b""#, OK, Some("a policy name is 1 to 128"));
    check(r#"policy = "p", name = "a b""#, OK, Some("an action name is 1 to 128"));
}

#[test]
fn a_value_is_given_once_and_with_one_sign() {
    check(r#"policy = "p", policy = "q""#, OK, Some("`policy` is given twice"));
    check(r#"policy == "p""#, OK, Some("`policy` needs a value"));
    check(r#"policy = "p", skip()"#, OK, Some("`skip` needs a list"));
    check(r#"policy = "p", skip"#, OK, Some("`skip` needs a list"));
}

#[test]
fn no_text_shows_what_is_redacted() {
    for key in ["name", "resource", "reason", "key", "summary"] {
        let args = |shown: &str| {
            let text = if key == "name" { shown.to_owned() } else { format!("of {shown}") };
            format!("policy = \"p\", redact(token), {key} = \"{text}\"")
        };
        let shows = messages(expand(&args("{token}"), OK));
        assert!(shows.iter().any(|said| said.contains("`token` is redacted")), "{key}: {shows:?}");
        if key != "name" {
            check(&args("{plan}"), OK, None);
            check(&args("{}"), OK, Some("stands for nothing here"));
            check(&args("{0}"), OK, Some("stands for nothing here"));
        }
    }
}

/// What `#[async_trait]` calls a parameter that the body has no name for, a body may call its own.
#[test]
fn an_argument_of_an_async_fn_is_captured_whatever_it_is_called() {
    for moves in ["let __arg0 = __arg0;", "let (a, b) = { let __arg0 = __arg0; __arg0 };"] {
        let item = format!("async fn pay(__arg0: (u8, u8)) -> Result<(), E> {{ {moves} todo!() }}");
        let expanded = expand("policy = \"p\"", &item).to_string();
        assert_eq!(expanded.matches("\"__arg0\"").count(), 2, "{moves}: {expanded}");
    }
}

#[test]
fn a_name_is_listed_once() {
    check(r#"policy = "p", skip(plan), debug(plan)"#, OK, Some("`plan` is listed twice"));
    check(r#"policy = "p", fields(a = 1, a = 2)"#, OK, Some("the field `a` is given twice"));
    check(r#"policy = "p", skip(plan), fields(plan = 1)"#, OK, Some("in `skip` and in `fields`"));
    check(r#"policy = "p", skip_all, skip(plan)"#, OK, Some("`skip_all` already skips"));
    check(r#"policy = "p", err = A, on_deny = b"#, OK, Some("`err` and `on_deny` both say"));
}

#[test]
fn a_field_is_shown_beside_what_is_skipped() {
    let expanded = expand(r#"policy = "p", skip_all, fields(plan = plan.id)"#, OK).to_string();
    assert!(expanded.contains(r#"("plan" , & (plan . id))"#), "{expanded}");
    assert!(
        expanded.contains("(\"token\" , & :: guardrail :: __private :: Skipped)"),
        "{expanded}"
    );
}

#[test]
fn an_action_has_a_name_that_says_something() {
    let returns = "-> Result<(), E> { todo!() }";
    for name in ["run", "call", "execute", "handle", "invoke"] {
        let method = format!("async fn {name}(&self) {returns}");
        check(r#"policy = "p""#, &method, Some("does not tell a reviewer"));
        check(r#"policy = "p", name = "pay""#, &method, None);
        check(r#"policy = "p""#, &format!("async fn {name}() {returns}"), None);
    }
    check(
        r#"policy = "p""#,
        &format!("async fn zählen() {returns}"),
        Some("policies cannot spell"),
    );
}

#[test]
fn a_return_type_can_say_no() {
    for (output, shown) in [("", "`()`"), ("-> ()", "`()`"), ("-> !", "`!`")] {
        let item = format!("async fn deploy() {output} {{ todo!() }}");
        check(r#"policy = "p""#, &item, Some(&format!("returns {shown}, which cannot say")));
        check(r#"policy = "p", on_deny = no"#, &item, None);
    }
    let opaque = "async fn deploy() -> impl Iterator<Item = u8> { 0..1 }";
    check(r#"policy = "p""#, opaque, Some("returns `impl Trait`, which cannot say"));
}

#[test]
fn an_item_without_a_body_to_wait_in_says_what_to_do() {
    let args = r#"policy = "p""#;
    check(args, "impl S { async fn deploy() {} }", Some("put it on each method that acts"));
    check(args, "struct S;", Some("put it on the `async fn` that acts"));
    check(args, "async fn deploy() -> R;", Some("a method without a body has nothing to guard"));
    check(args, "fn deploy() -> R { rt().block_on(async {}) }", Some("no longer async"));
    check(args, "fn deploy() -> R { todo!() }", Some("the function must be async"));
}

#[test]
fn a_reference_that_another_macro_takes_apart_is_refused() {
    let item = "fn deploy(__arg0: &(u8, u8)) -> Pin<Box<dyn Future<Output = R>>> { \
                Box::pin(async move { let &(a, b) = { let __arg0 = __arg0; __arg0 }; todo!() }) }";
    check(r#"policy = "p""#, item, Some("cannot be taken apart twice"));
}
