//! Nobody of the requesting side counts, under whatever name.

use guardrail::{Cast, Context, Identity, Intent, Vote, VoteRefusal};

use crate::support::{World, approve, cast};

/// In this context Alice's vote counts under none of her names, and Bob's does.
async fn check(context: Context) {
    let world = World::new("approvers = [\"group:sre\"]\nrisk = \"low\"").await;
    let call = world.spawn_in(context);
    let id = world.pending().await;
    let names = [
        Identity::person("alice"),
        Identity::new("slack", "T0CORP/U0ALICE"),
        Identity::new("web", "alice"),
    ];
    for name in names {
        for choice in [Vote::approve, Vote::deny] {
            let cast = cast(&world, id, |seen| choice(name.clone(), seen)).await;
            assert_eq!(cast, Cast::Refused(VoteRefusal::RequestingSide), "{name}");
        }
    }
    assert_eq!(world.body.runs(), 0);
    let counted = approve(&world, id, "bob").await;
    assert!(matches!(counted, Cast::Counted(tally) if tally.is_complete()), "{counted:?}");
    assert_eq!(call.await.unwrap().unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_one_it_is_done_for_does_not_count() {
    check(Context::new().on_behalf_of("alice")).await;
}

#[tokio::test(start_paused = true)]
async fn the_one_it_is_done_for_does_not_count_by_email() {
    for name in ["alice@example.com", "ALICE@example.com", "Alice"] {
        check(Context::new().on_behalf_of(name)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_of_the_chain_does_not_count() {
    let links = [
        "alice",
        "Alice",
        "person:alice",
        "alice@example.com",
        "slack:T0CORP/U0ALICE",
        "user:alice@example.com",
        "Alice <alice@example.com>",
        "\"A. Adams\" <ALICE@example.com.>, the team of sre",
        "mailto:alice@example.com?subject=deploy",
        "T0CORP/U0ALICE",
        "<@U0ALICE>",
    ];
    for link in links {
        check(Context::new().on_behalf_of("carol").delegated_by("planner").delegated_by(link))
            .await;
    }
}

/// The account of a link that the directory does not hold: a channel says whose it is.
#[tokio::test(start_paused = true)]
async fn an_account_of_the_chain_does_not_count() {
    for link in ["slack:T0CORP/U0BOB2", "SLACK:t0corp/u0bob2", "<@U0BOB2>"] {
        let world = World::new("approvers = [\"group:sre\"]").await;
        let call = world.spawn_in(Context::new().on_behalf_of("carol").delegated_by(link));
        let id = world.pending().await;
        let by = |account| Identity::person("bob").by_account(Identity::new("slack", account));
        let refused = cast(&world, id, |seen| Vote::approve(by("T0CORP/U0BOB2"), seen)).await;
        assert_eq!(refused, Cast::Refused(VoteRefusal::RequestingSide), "{link}");
        let counted = cast(&world, id, |seen| Vote::approve(by("T0CORP/U0BOB3"), seen)).await;
        assert!(matches!(counted, Cast::Counted(_)), "{counted:?}");
        assert_eq!(call.await.unwrap().unwrap(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn the_owner_of_the_agent_does_not_count() {
    for agent in ["alices-bot", "ALICES-BOT", "agent:alices-bot"] {
        check(Context::new().agent(agent)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_owner_of_an_agent_in_the_chain_does_not_count() {
    check(Context::new().delegated_by("agent:alices-bot")).await;
}

#[tokio::test(start_paused = true)]
async fn the_agent_does_not_count_as_a_person_of_its_name() {
    check(Context::new().agent("alice")).await;
}

#[tokio::test(start_paused = true)]
async fn an_inner_context_does_not_wash_off_an_outer_one() {
    let world = World::new("approvers = [\"group:sre\"]").await;
    let inside = world.clone();
    let outer = Context::new().delegated_by("alice");
    let call =
        tokio::spawn(outer.scope(async move {
            Context::new().delegated_by("worker").scope(inside.call()).await
        }));
    let id = world.pending().await;
    let cast = approve(&world, id, "alice").await;
    assert_eq!(cast, Cast::Refused(VoteRefusal::RequestingSide));
    call.abort();
}

/// With one context around another, Alice's vote does not count.
async fn check_within(outer: Context, inner: Context) {
    let world = World::new("approvers = [\"group:sre\"]\nrisk = \"low\"").await;
    let inside = world.clone();
    let call = tokio::spawn(outer.scope(async move { inner.scope(inside.call()).await }));
    let id = world.pending().await;
    let cast = approve(&world, id, "alice").await;
    assert_eq!(cast, Cast::Refused(VoteRefusal::RequestingSide));
    let counted = approve(&world, id, "bob").await;
    assert!(matches!(counted, Cast::Counted(tally) if tally.is_complete()), "{counted:?}");
    assert_eq!(call.await.unwrap().unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn whoever_an_inner_context_replaces_does_not_count() {
    let carol = || Context::new().on_behalf_of("carol");
    check_within(Context::new().on_behalf_of("alice"), carol()).await;
    check_within(carol().agent("alices-bot"), Context::new().agent("worker")).await;
}

#[tokio::test(start_paused = true)]
async fn whoever_an_intent_replaces_does_not_count() {
    let alice = || Context::new().on_behalf_of("alice");
    let carol = |context: Context| context.on_behalf_of("carol");
    for context in
        [alice(), alice().delegated_by("planner"), carol(Context::new()).agent("alices-bot")]
    {
        let world = World::new("approvers = [\"group:sre\"]\nrisk = \"low\"").await;
        let guardrail = world.guardrail.clone();
        let intent = Intent::builder("deploy").policy("deploy").agent("worker");
        let asked = intent.on_behalf_of("carol").build().unwrap();
        let call =
            tokio::spawn(context.scope(async move { guardrail.authorize(asked).await.map(drop) }));
        let id = world.pending().await;
        let cast = approve(&world, id, "alice").await;
        assert_eq!(cast, Cast::Refused(VoteRefusal::RequestingSide));
        call.abort();
    }
}
