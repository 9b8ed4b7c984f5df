//! Opens a log: finds it by its name, looks at its end, and says who writes from here.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use guardrail_core::audit::proof::Rhythm;
use guardrail_core::audit::seal::leaf;
use guardrail_core::audit::{Append, AuditLog as _, Error, opened};
use guardrail_core::clock::{Clock as _, SystemClock};
use guardrail_core::model::{LogId, RequestId, Version};
use tokio::sync::mpsc;

use crate::log::Log;
use crate::log::engine::{Engine, Head, Known};
use crate::log::error::{Failed, damaged};
use crate::log::heads::{At, Signing, sign};
use crate::log::lease::Lease;
use crate::log::process;
use crate::log::row::number;
use crate::log::shared::Shared;
use crate::log::time::LogTime;
use crate::log::watch::{beat, watch};
use crate::log::writer::{PLACES, Writer};
use crate::settings::Settings;

/// How often this process tries to introduce itself while others do.
const ROUNDS: usize = 64;

/// How long each step of opening may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens the log these settings name, in a database whose tables are there.
pub(crate) async fn open<E: Engine>(
    engine: E,
    settings: &Settings,
    rhythm: Option<Rhythm>,
) -> Result<Log<E>, Error> {
    let failed = |error: sqlx::Error| Failed::from(error).told::<E>("open");
    let now = settings.clock.as_ref().map_or_else(|| SystemClock::new().now(), |clock| clock.now());
    let fresh = LogId::random(now, &*settings.entropy)?.to_string();
    let start = guardrail_core::model::Digest::from_bytes([0; 32]).to_string();
    let Known { number, id, head } =
        in_time(engine.log(&settings.name, &fresh, &start)).await.map_err(failed)?;
    let id = LogId::parse(&id).map_err(|_| damaged::<E>("its head", "its id is none"))?;
    look(&engine, number, &head).await?;
    let time = LogTime::new(settings.clock.clone().unwrap_or_else(E::clock), &head);
    let lease = Lease::new(settings.clock.clone(), E::tick);
    let signing = match rhythm {
        Some(rhythm) => Some(signing(&At { engine: &engine, number, id }, rhythm).await?),
        None => None,
    };
    let session = in_time(engine.session()).await.map_err(failed)?;
    let steps = settings.steps.clone();
    let shared = Shared::new(engine, id, number, (time, lease), head.last, signing, steps);
    let shared = Arc::new(shared);
    let (jobs, receiver) = mpsc::channel(PLACES);
    let writer = tokio::spawn(Writer::new(Arc::clone(&shared), receiver, session).run());
    let log = Log { shared, jobs, writer: Mutex::new(Some(writer)) };
    introduce(&log).await?;
    tokio::spawn(watch(Arc::downgrade(&log.shared)));
    tokio::spawn(beat(Arc::downgrade(&log.shared)));
    sign(&log.shared);
    Ok(log)
}

/// The heads there are, held against the log.
async fn signing<E: Engine>(at: &At<'_, E>, rhythm: Rhythm) -> Result<Signing, Error> {
    let late = |_| Err(Failed::from(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())));
    let opened = tokio::time::timeout(PATIENCE, Signing::open(at, rhythm)).await;
    opened.unwrap_or_else(late).map_err(|failed| failed.told::<E>("open its checkpoints"))
}

/// A database that answers nothing is not waited for.
async fn in_time<T>(asked: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    let late = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    tokio::time::timeout(PATIENCE, asked).await.map_err(late)?
}

/// The last record must be the one the head names: else everything behind it would be chained to
/// something that is not there.
async fn look<E: Engine>(engine: &E, log: i64, head: &Head) -> Result<(), Error> {
    if head.last == 0 {
        return Ok(());
    }
    let before = head.last.saturating_sub(1);
    let page = in_time(engine.page(log, before, 1, 0)).await;
    let page = page.map_err(|error| Failed::from(error).told::<E>("open"))?;
    let is_it = |(place, line): &(i64, String)| {
        *place == head.last && leaf(line.as_bytes()).to_string() == head.leaf
    };
    if page.first().is_some_and(is_it) {
        return Ok(());
    }
    let why = "it is not the record the head of the log names; restore the database from a backup, \
               or give the log another name and keep this one as evidence";
    Err(damaged::<E>(format!("record {}", head.last), why))
}

/// The first record of this process, and the first beat of its heart.
async fn introduce<E: Engine>(log: &Log<E>) -> Result<(), Error> {
    let mut expected = Version::START;
    for _ in 0..ROUNDS {
        let append = Append::new(RequestId::LOG, expected, vec![opened()]);
        match log.append(&append).await {
            Ok(appended) => {
                let place = appended.records.first().map_or(0, |r| number(r.sequence().get()));
                let this = process::Writer::this(place);
                let shared = &log.shared;
                // Before anything is started: what a writer starts that nobody hears is orphaned.
                shared.ask("open", || shared.beat(&this)).await?;
                shared.introduce(this);
                return Ok(());
            }
            Err(Error::Conflict { actual }) => expected = actual,
            Err(error) => return Err(error),
        }
    }
    Err(Error::unreachable(E::NAME, "open", "others open it all the time"))
}
