//! Which request a person named: by its id, or by the last digits of it, as `show` prints them.

use std::collections::BTreeSet;

use guardrail_core::model::RequestId;

use crate::error::Error;
use crate::source::{Records, Source};

/// Fewer digits than these name no request.
const LEAST: usize = 4;

/// Most requests that are listed where several end alike.
const LISTED: usize = 8;

/// A request as it was named.
#[derive(Clone, Debug)]
pub(crate) enum Which {
    /// By its id.
    Whole(RequestId),
    /// By how its id ends.
    End(String),
}

/// Reads how a request was named.
pub(crate) fn which(text: &str) -> Result<Which, String> {
    if let Ok(id) = RequestId::parse(text) {
        return Ok(Which::Whole(id));
    }
    let of_an_id = |c: char| matches!(c, '0'..='9' | 'a'..='f' | '-');
    if (LEAST..36).contains(&text.len()) && text.chars().all(of_an_id) {
        return Ok(Which::End(text.to_owned()));
    }
    Err(format!(
        "a request is named by its id, as `guardrail audit ls` prints it, or by at least {LEAST} of \
         its last digits"
    ))
}

impl Which {
    /// The one request of this log that is meant. The log is read where only the end is known.
    pub(crate) fn find(
        &self,
        source: impl FnOnce() -> Result<Box<dyn Source>, Error>,
    ) -> Result<RequestId, Error> {
        let end = match self {
            Self::Whole(id) => return Ok(*id),
            Self::End(end) => end,
        };
        let mut records = Records::new(source()?);
        let mut found = BTreeSet::new();
        while let Some(record) = records.next()? {
            let id = record.id();
            if id != RequestId::LOG && id.to_string().ends_with(end.as_str()) {
                found.insert(id);
            }
        }
        match (found.first(), found.len()) {
            (Some(id), 1) => Ok(*id),
            (None, _) => Err(Error::NoSuchEnd(end.clone())),
            (Some(_), several) => {
                let mut ids: Vec<String> =
                    found.iter().take(LISTED).map(RequestId::to_string).collect();
                if several > LISTED {
                    ids.push(format!("{} more", several - LISTED));
                }
                Err(Error::Ambiguous { end: end.clone(), ids: ids.join("\n") })
            }
        }
    }
}
