//! From a vote through one log to the body that waits behind another, beside a bare NOTIFY. Both
//! logs are in this process, each with connections of its own: they meet in the database alone.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use guardrail::approver::Error;
use guardrail::{Approver, Guardrail, Identity, Intent, PolicySet, Review, Seen, Vote};
use guardrail_sql::{PostgresLog, Settings};
use guardrail_test_counterparts::Postgres;
use sqlx::postgres::PgListener;
use sqlx::{Connection as _, PgConnection};
use tokio::sync::mpsc;

const POLICIES: &str = "[people.bob]\n[policies.ask]\napprovers = [\"person:bob\"]\n";

/// Tells which requests wait.
#[derive(Debug)]
struct Tells(mpsc::UnboundedSender<guardrail::RequestId>);

#[async_trait]
impl Approver for Tells {
    fn channel(&self) -> &str {
        "tells"
    }

    async fn review(&self, mut review: Review) -> Result<(), Error> {
        self.0.send(review.request().id()).map_err(|error| Error::channel("tells", error))?;
        review.settled().await.map(|_| ())
    }
}

async fn guardrail(
    server: &Postgres,
    tell: mpsc::UnboundedSender<guardrail::RequestId>,
) -> Guardrail {
    let settings = Settings::new().name("votes").expect("a name");
    let log = PostgresLog::connect_with(&server.url("postgres"), settings).await;
    Guardrail::builder()
        .agent("deploy-bot")
        .policies(PolicySet::parse(POLICIES).expect("it parses"))
        .audit_log(log.expect("it opens"))
        .approver(Tells(tell))
        .build()
        .await
        .expect("it builds")
}

pub(crate) async fn postgres(server: &Postgres, rounds: usize) {
    let (tell, mut told) = mpsc::unbounded_channel();
    let waits = guardrail(server, tell.clone()).await;
    let votes = guardrail(server, tell).await;
    let mut took = Vec::new();
    for n in 0..20 * rounds {
        let began = Arc::new(Mutex::new(None::<Duration>));
        let (waits, set) = (waits.clone(), Arc::clone(&began));
        let (start, started) = tokio::sync::oneshot::channel::<Instant>();
        let call = tokio::spawn(async move {
            let intent = Intent::builder("deed").policy("ask").arg("n", &n);
            let permit = waits.authorize(intent).await.expect("it is approved");
            let body = async {
                let now = Instant::now();
                let voted = started.await.expect("it was voted");
                *set.lock().expect("no panic") = Some(now - voted);
                Ok::<_, guardrail::Error>(())
            };
            permit.run(body).await.expect("it runs");
        });
        let id = told.recv().await.expect("one waits");
        let review = votes.review(id, "console").await.expect("it is there");
        let nonce = review.show("console").await.expect("it is shown");
        let seen = Seen::whole(review.request().intent().digest(), nonce);
        let vote = Vote::approve(Identity::person("bob"), seen);
        let voted = Instant::now();
        start.send(voted).expect("it waits");
        let _ = review.cast(vote).await.expect("it counts");
        call.await.expect("it ends");
        took.extend(*began.lock().expect("no panic"));
    }
    let mut bare = Vec::new();
    let mut listener = PgListener::connect(&server.url("postgres")).await.expect("it connects");
    listener.listen("bare").await.expect("it listens");
    let mut sender = PgConnection::connect(&server.url("postgres")).await.expect("it connects");
    for _ in 0..20 * rounds {
        let began = Instant::now();
        sqlx::query("SELECT pg_notify('bare', 'x')").execute(&mut sender).await.expect("it tells");
        listener.recv().await.expect("it hears");
        bare.push(began.elapsed());
    }
    let (p50, p99) = (at(&mut took, 50), at(&mut took, 99));
    let (bare50, bare99) = (at(&mut bare, 50), at(&mut bare, 99));
    println!(
        "PostgreSQL: vote to body through two logs p50 {p50:.1} ms, p99 {p99:.1} ms; bare NOTIFY \
         p50 {bare50:.1} ms, p99 {bare99:.1} ms"
    );
}

/// In milliseconds.
fn at(took: &mut [Duration], percent: usize) -> f64 {
    took.sort_unstable();
    let place = (took.len() * percent / 100).min(took.len().saturating_sub(1));
    took.get(place).map_or(0.0, |took| took.as_secs_f64() * 1e3)
}
