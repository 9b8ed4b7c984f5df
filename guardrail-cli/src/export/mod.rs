//! `guardrail audit export`: the log in the forms that others read.

mod about;
mod cloudevents;
mod csv;
mod ocsf;

use guardrail_core::audit::AuditRecord;
use guardrail_core::model::Sequence;

use crate::args::{Export, Format};
use crate::error::Error;
use crate::out::Out;
use crate::source::{Records, Source};
use about::{About, Abouts};

pub(crate) fn run(export: &Export, source: Box<dyn Source>, out: &mut Out) -> Result<(), Error> {
    match &export.output {
        None => write(export, source, out),
        Some(path) => {
            let mut file = Out::create(path)?;
            write(export, source, &mut file)?;
            file.flush()
        }
    }
}

fn write(export: &Export, source: Box<dyn Source>, out: &mut Out) -> Result<(), Error> {
    let after = export.after.unwrap_or(Sequence::START);
    let mut records = Records::new(source);
    let mut abouts = Abouts::default();
    if export.format == Format::Csv {
        out.bytes(&csv::header()?)?;
    }
    while let Some(record) = records.next()? {
        let about = abouts.take(&record);
        if record.sequence() > after {
            out.bytes(&form(export.format, &record, about)?)?;
        }
    }
    records.warn_of_torn_end(out)
}

/// One record, with its line feed.
fn form(format: Format, record: &AuditRecord, about: &About) -> Result<Vec<u8>, Error> {
    match format {
        Format::Jsonl => Ok(format!("{}\n", record.line()).into_bytes()),
        Format::Csv => csv::row(record, about),
        Format::Ocsf => ocsf::event(record, about),
        Format::Cloudevents => cloudevents::event(record),
    }
}
