//! The terminal approver keeps the contract of an approver.

use std::sync::Arc;

use guardrail_conformance::approver::{ApproverFactory, Play, Seat, Witness};
use guardrail_core::approver::TerminalApprover;

use crate::pty::Pty;
use crate::robot::{Memory, sit};

struct Terminals;

/// What was read at a terminal, and the terminal.
struct Window {
    memory: Memory,
    _pty: Arc<Pty>,
}

impl Witness for Window {
    fn shown(&self) -> String {
        self.memory.all()
    }
}

#[async_trait::async_trait]
impl ApproverFactory for Terminals {
    async fn seat(&self, person: &str, play: Play) -> Seat {
        let pty = Arc::new(Pty::sized(100, 50));
        let approver = TerminalApprover::new().on(pty.device()).as_person(person);
        let memory = sit(&pty, play);
        Seat { approver: Arc::new(approver), witness: Box::new(Window { memory, _pty: pty }) }
    }
}

guardrail_conformance::approver_suite!(Terminals);
