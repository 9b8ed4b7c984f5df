//! What a log says, told otherwise by whoever may write it, and sealed again.

use std::collections::HashMap;
use std::sync::Arc;

use guardrail::audit::seal::Sealer;
use guardrail::audit::{AuditRecord, Inspector, Report, VerifyError};
use guardrail::model::{LogId, Requested, Voted};
use guardrail::{AuditEvent, AuditLog, RequestId, Sequence, Timestamp, Version};

/// The events of a log of one process at a time, with their requests and times.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    log: LogId,
    pub(crate) events: Vec<(RequestId, Timestamp, AuditEvent)>,
}

impl Told {
    /// As it is on record.
    pub(crate) async fn of(log: &dyn AuditLog) -> Self {
        let records = log.read(Sequence::START, 100_000).await.unwrap();
        let event =
            |record: &Arc<AuditRecord>| (record.id(), record.time(), record.event().clone());
        Self { log: log.id(), events: records.iter().map(event).collect() }
    }

    /// With its requests changed.
    pub(crate) fn requested(mut self, change: impl Fn(&mut Requested)) -> Self {
        for (_, _, event) in &mut self.events {
            if let AuditEvent::Requested(requested) = event {
                change(Arc::make_mut(requested));
            }
        }
        self
    }

    /// With its votes changed.
    pub(crate) fn voted(mut self, change: impl Fn(&mut Voted)) -> Self {
        for (_, _, event) in &mut self.events {
            if let AuditEvent::Voted(voted) = event {
                change(Arc::make_mut(voted));
            }
        }
        self
    }

    /// Without the events of these names.
    pub(crate) fn without(mut self, names: &[&str]) -> Self {
        self.events.retain(|(_, _, event)| !names.contains(&event.name()));
        self
    }

    /// With these events of the log itself before the first of this name.
    pub(crate) fn before(mut self, name: &str, events: &[AuditEvent]) -> Self {
        let at = self.place(name);
        let time = self.events[at].1;
        let of_log = events.iter().map(|event| (RequestId::LOG, time, event.clone()));
        self.events.splice(at..at, of_log);
        self
    }

    /// With these events of the same request behind the first of this name.
    pub(crate) fn then(mut self, name: &str, events: &[AuditEvent]) -> Self {
        let at = self.place(name);
        let (id, time, _) = self.events[at];
        let of_request = events.iter().map(|event| (id, time, event.clone()));
        self.events.splice(at + 1..at + 1, of_request);
        self
    }

    fn place(&self, name: &str) -> usize {
        self.events.iter().position(|(_, _, event)| event.name() == name).unwrap()
    }

    /// The sequence of the first event of this name.
    pub(crate) fn sequence(&self, name: &str) -> Sequence {
        Sequence::new(self.place(name) as u64 + 1)
    }

    /// Sealed again.
    pub(crate) fn seal(&self) -> Vec<Arc<AuditRecord>> {
        let mut end = Sealer::new(self.log);
        let mut versions: HashMap<RequestId, Version> = HashMap::new();
        let sealed = self.events.iter().map(|(id, time, event)| {
            let version = versions.entry(*id).or_default();
            let record = end.append(*id, *version, *time, std::slice::from_ref(event)).unwrap();
            *version = version.next();
            record.into_iter().next().unwrap()
        });
        sealed.collect()
    }

    /// What `guardrail audit verify --complete` says of it without any policy file.
    pub(crate) fn inspect(&self) -> Result<Report, VerifyError> {
        let mut inspector = Inspector::new().complete();
        for record in self.seal() {
            inspector.push(record.line())?;
        }
        inspector.finish()
    }
}
