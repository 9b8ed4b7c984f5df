//! What a log must hold and must answer: the contract of an audit log, without any storage.

use guardrail_core::clock::Timestamp;
use guardrail_core::model::{AuditEvent, PersonId, State};

use super::sample::{sample, step};

/// A log as it must be. Streams are told by numbers; the log's own is 0.
#[derive(Clone, Debug)]
pub(super) struct Model {
    streams: Vec<Stream>,
    size: u64,
    /// The place of the present writer's introduction.
    writer: u64,
}

/// One stream as it must be.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    pub(super) version: u64,
    pub(super) state: State,
    /// The place of its first record.
    first: u64,
    /// The writer that started the body, where it was started.
    starter: u64,
    /// The writer that looks after it.
    attendant: u64,
    voters: Vec<PersonId>,
}

/// One append.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) stream: usize,
    pub(super) expected: u64,
    /// Which samples.
    pub(super) events: Vec<usize>,
    pub(super) before: Option<Timestamp>,
}

/// What must become of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It happens.
    Happens,
    /// It happens, or is illegal: a log may know that one person votes once, and need not.
    May,
    /// The stream holds so many events.
    Conflict(u64),
    /// It is too late.
    Late,
    /// It breaks a rule.
    Illegal,
}

static UNHEARD_OF: Stream = Stream {
    version: 0,
    state: State::New,
    first: 0,
    starter: 0,
    attendant: 0,
    voters: Vec::new(),
};

impl Model {
    /// A log nobody has opened yet.
    pub(super) fn new() -> Self {
        Self { streams: vec![UNHEARD_OF.clone()], size: 0, writer: 0 }
    }

    /// How many records it holds.
    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    /// How many streams were made or tried.
    pub(super) fn streams(&self) -> usize {
        self.streams.len()
    }

    /// The number of a stream nobody has heard of.
    pub(super) fn hear_of_one(&mut self) -> usize {
        self.streams.push(UNHEARD_OF.clone());
        self.streams.len().saturating_sub(1)
    }

    pub(super) fn stream(&self, number: usize) -> &Stream {
        self.streams.get(number).unwrap_or(&UNHEARD_OF)
    }

    /// What must become of this append at this time.
    pub(super) fn judge(&self, call: &Call, now: Timestamp) -> Verdict {
        let stream = self.stream(call.stream);
        if stream.version != call.expected {
            return Verdict::Conflict(stream.version);
        }
        if call.before.is_some_and(|before| now >= before) {
            return Verdict::Late;
        }
        if call.events.is_empty() {
            return Verdict::Illegal;
        }
        let (mut state, mut voters) = (stream.state, stream.voters.clone());
        let mut verdict = Verdict::Happens;
        for event in call.events.iter().filter_map(|number| sample(*number)) {
            let Some(next) = step(call.stream == 0, state, &event.event) else {
                return Verdict::Illegal;
            };
            state = next;
            if let AuditEvent::Voted(voted) = &event.event {
                if voters.contains(&voted.person) {
                    verdict = Verdict::May;
                }
                voters.push(voted.person.clone());
            }
        }
        verdict
    }

    /// It happens.
    pub(super) fn take(&mut self, call: &Call) {
        for event in call.events.iter().filter_map(|number| sample(*number)) {
            self.admit(call.stream, &event.event);
        }
    }

    /// The log writes this itself.
    pub(super) fn take_own(&mut self, event: &AuditEvent) {
        if let AuditEvent::Opened { .. } = event {
            return self.take_writer();
        }
        self.admit(0, event);
    }

    /// A writer introduces itself.
    pub(super) fn take_writer(&mut self) {
        self.size = self.size.saturating_add(1);
        self.writer = self.size;
        if let Some(own) = self.streams.first_mut() {
            own.version = own.version.saturating_add(1);
        }
    }

    fn admit(&mut self, number: usize, event: &AuditEvent) {
        self.size = self.size.saturating_add(1);
        let (place, writer) = (self.size, self.writer);
        let Some(stream) = self.streams.get_mut(number) else { return };
        if stream.version == 0 {
            (stream.first, stream.attendant) = (place, writer);
        }
        stream.version = stream.version.saturating_add(1);
        if let Some(next) = step(number == 0, stream.state, event) {
            if next == State::Started && stream.state != State::Started {
                stream.starter = writer;
            }
            stream.state = next;
        }
        match event {
            AuditEvent::Attended => stream.attendant = writer,
            AuditEvent::Voted(voted) => stream.voters.push(voted.person.clone()),
            _ => {}
        }
    }

    /// The open requests behind this one, oldest first.
    pub(super) fn open(&self, after: Option<usize>) -> Vec<usize> {
        let behind = after.map_or(0, |number| self.stream(number).first);
        self.requests(|stream| !stream.state.is_final() && stream.first > behind)
    }

    /// The requests another writer has started, oldest first, and their versions.
    pub(super) fn orphaned(&self) -> Vec<(usize, u64)> {
        let writer = self.writer;
        self.versioned(|stream| stream.state == State::Started && stream.starter != writer)
    }

    /// The requests another writer looked after, oldest first, and their versions.
    pub(super) fn unattended(&self) -> Vec<(usize, u64)> {
        let writer = self.writer;
        self.versioned(|stream| {
            matches!(stream.state, State::Pending | State::Approved) && stream.attendant != writer
        })
    }

    fn versioned(&self, which: impl Fn(&Stream) -> bool) -> Vec<(usize, u64)> {
        let found = self.requests(which).into_iter();
        found.map(|number| (number, self.stream(number).version)).collect()
    }

    fn requests(&self, which: impl Fn(&Stream) -> bool) -> Vec<usize> {
        let all = self.streams.iter().enumerate().skip(1);
        let found = all.filter(|(_, stream)| stream.version > 0 && which(stream));
        let mut found: Vec<(u64, usize)> = found.map(|(n, stream)| (stream.first, n)).collect();
        found.sort_unstable();
        found.into_iter().map(|(_, number)| number).collect()
    }
}
