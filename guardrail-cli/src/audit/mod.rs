//! The commands about the audit log.

mod heads;
mod ls;
mod prove;
mod show;
mod verify;

use crate::args::{Audit, AuditCommand};
use crate::error::Error;
use crate::export;
use crate::out::Out;
use crate::source;

/// Carries out one command.
pub(crate) fn run(audit: Audit, out: &mut Out) -> Result<(), Error> {
    let Audit { place, command } = audit;
    let (source, json) = (source::open(&place.log, &place.name)?, place.json);
    match command {
        AuditCommand::Show(show) => show::run(&show, json, source, out),
        AuditCommand::Ls(ls) => ls::run(&ls, json, source, out),
        AuditCommand::Verify(verify) => verify::run(&verify, json, source, out),
        AuditCommand::Prove(prove) => prove::run(&prove, json, source, out),
        AuditCommand::Export(export) => export::run(&export, source, out),
        AuditCommand::Checkpoints(which) => heads::run(&which, json, source, out),
    }
}
