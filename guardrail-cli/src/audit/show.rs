//! `guardrail audit show`: the log as a conversation.

use std::thread;
use std::time::Duration;

use guardrail_core::audit::AuditRecord;
use guardrail_core::model::{AuditEvent, RequestId};
use guardrail_core::view::{Conversation, Entry};

use crate::args::Show;
use crate::audit::values;
use crate::beside::Beside;
use crate::error::Error;
use crate::out::Out;
use crate::source::{Records, Source};

/// How long a follower waits before it looks again.
const PAUSE: Duration = Duration::from_millis(200);

pub(crate) fn run(
    show: &Show,
    request: Option<RequestId>,
    json: bool,
    source: &dyn Fn() -> Result<Box<dyn Source>, Error>,
    mut beside: Option<Beside>,
    out: &mut Out,
) -> Result<(), Error> {
    let mut records = Records::new(source()?);
    if let Some(beside) = &mut beside {
        // An erasure stands behind what it erased: the whole log is read first.
        let mut all = std::mem::replace(&mut records, Records::new(source()?));
        while let Some(record) = all.next()? {
            beside.hear(&record);
        }
    }
    let mut talk = Conversation::new(request.is_none());
    let mut found = false;
    loop {
        while let Some(record) = records.next()? {
            if !is_asked_for(show, request, &record) {
                continue;
            }
            found = true;
            if json {
                // The line is JSON already, and these are its very bytes.
                out.line(record.line())?;
            } else {
                let entry = Entry { time: record.time(), id: record.id(), event: record.event() };
                out.told(&talk.hear(entry))?;
            }
            if let (Some(beside), AuditEvent::Requested(_)) = (&mut beside, record.event()) {
                beside.hear(&record);
                for (said, found) in beside.values(record.id())? {
                    match json {
                        true => out.json(&values::object(record.id(), said, &found))?,
                        false => out.told(&(values::line(said, &found) + "\n"))?,
                    }
                }
            }
        }
        out.told(&talk.flush())?;
        out.flush()?;
        match request {
            _ if show.follow => {}
            Some(id) if !found => return Err(Error::NoRequest(id)),
            _ => return records.warn_of_torn_end(out),
        }
        // A program of its own, without a runtime: it watches a file that others write.
        thread::sleep(PAUSE);
    }
}

fn is_asked_for(show: &Show, request: Option<RequestId>, record: &AuditRecord) -> bool {
    request.is_none_or(|id| id == record.id())
        && show.since.is_none_or(|since| record.time() >= since)
}
