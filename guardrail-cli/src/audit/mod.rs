//! The commands about the audit log.

mod heads;
mod ls;
mod policies;
mod prove;
mod redact;
mod show;
mod unknowns;
mod values;
mod verify;

use crate::args::{Audit, AuditCommand, UnknownsCommand};
use crate::beside::Beside;
use crate::error::Error;
use crate::export;
use crate::out::Out;
use crate::source::{Kind, kind, open_as};
use crate::which::Which;

/// Carries out one command.
pub(crate) fn run(audit: Audit, out: &mut Out) -> Result<(), Error> {
    let Audit { place, command } = audit;
    let json = place.json;
    let kind = kind(&place.log)?;
    let source = || open_as(kind, &place.log, &place.name);
    let find = |which: &Which| {
        which.find(|| match kind {
            Kind::Input => Err(Error::Twice("the end of an id")),
            _ => source(),
        })
    };
    let beside =
        |sidecar: Option<&str>| sidecar.map(|it| Beside::open(kind, &place, it)).transpose();
    match command {
        AuditCommand::Show(show) => {
            let beside = beside(show.sidecar.as_deref())?;
            if beside.is_some() && place.log == "-" {
                return Err(Error::Twice("--sidecar"));
            }
            let request = show.request.as_ref().map(find).transpose()?;
            show::run(&show, request, json, &source, beside, out)
        }
        AuditCommand::Ls(ls) => ls::run(&ls, json, source()?, out),
        AuditCommand::Verify(verify) => {
            let beside = beside(verify.sidecar.as_deref())?;
            verify::run(&verify, json, source()?, beside, out)
        }
        AuditCommand::Prove(prove) => {
            prove::run(&prove, find(&prove.request)?, json, source()?, out)
        }
        AuditCommand::Export(export) => export::run(&export, source()?, out),
        AuditCommand::Checkpoints(which) => heads::run(&which, json, source()?, out),
        AuditCommand::Redact(asked) => {
            redact::run(&asked, find(&asked.request)?, kind, &place, out)
        }
        AuditCommand::Unknowns { command: Some(UnknownsCommand::Resolve(resolve)) } => {
            unknowns::resolve(&resolve, find(&resolve.request)?, kind, &place, out)
        }
        AuditCommand::Unknowns { command: None | Some(UnknownsCommand::List) } => {
            unknowns::list(source()?, json, out)
        }
    }
}
