//! Whole programs: on their own terminal, without one, in the background, and killed.

use std::process::{Child, Command, Stdio};

use guardrail_core::approver::TerminalApprover;
use guardrail_core::audit::MemoryLog;
use guardrail_core::gate::Guardrail;
use guardrail_core::model::Intent;
use guardrail_core::policy::PolicySet;

use crate::pty::Pty;

/// What the program below does; without it, it is not run as a program.
const ROLE: &str = "GUARDRAIL_TEST_ROLE";
/// The terminal it belongs to.
const TERMINAL: &str = "GUARDRAIL_TEST_TERMINAL";

const POLICIES: &str = "[people.alice]\n[policies.deploy]\napprovers = [\"person:alice\"]";

/// The program: this test alone, started by the others.
#[test]
fn program() {
    let Ok(role) = std::env::var(ROLE) else { return };
    if role != "ask in the background" {
        rustix::process::setsid().unwrap();
    }
    if role == "ask" || role == "send to the background" {
        let terminal = std::fs::File::open(std::env::var(TERMINAL).unwrap()).unwrap();
        rustix::process::ioctl_tiocsctty(&terminal).unwrap();
    }
    if role == "send to the background" {
        use std::os::unix::process::CommandExt as _;
        let mut background = start("ask in the background", None);
        assert!(background.process_group(0).status().unwrap().success());
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let said = runtime.block_on(ask());
    std::io::Write::write_all(&mut std::io::stdout(), said.as_bytes()).unwrap();
}

/// Asks at /dev/tty, on a runtime that can do no more than tell the time.
async fn ask() -> String {
    let guardrail = Guardrail::builder()
        .policies(PolicySet::parse(POLICIES).unwrap())
        .audit_log(MemoryLog::new())
        .approver(TerminalApprover::new().as_person("alice"))
        .build()
        .await
        .unwrap();
    match guardrail.authorize(Intent::builder("deploy").policy("deploy")).await {
        Ok(permit) => {
            drop(permit);
            "it may run".to_owned()
        }
        Err(error) => error.to_string(),
    }
}

fn start(role: &str, pty: Option<&Pty>) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "process::program", "--nocapture"]).env(ROLE, role);
    if let Some(pty) = pty {
        command.env(TERMINAL, pty.device());
    }
    command.stdin(Stdio::null());
    command
}

fn run(role: &str, pty: Option<&Pty>) -> Child {
    start(role, pty).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap()
}

fn said(child: Child) -> String {
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn a_program_asks_at_its_terminal_and_nowhere_else() {
    let pty = Pty::new();
    let child = run("ask", Some(&pty));
    pty.until_shows("y approve");
    pty.press("y");
    pty.until_shows("Enter approves");
    pty.press("\r");
    let said = said(child);
    assert!(said.contains("it may run"), "{said}");
    assert!(!said.contains("guardrail asks") && !said.contains('\x1b'), "{said}");
    pty.until_shows("deploy approved by alice (terminal)");
    assert!(!pty.is_taken());
}

#[test]
fn a_program_without_a_terminal_is_refused_at_once() {
    let said = said(run("nothing", None));
    assert!(said.contains("no approver could be reached"), "{said}");
}

#[test]
fn a_program_in_the_background_is_refused_at_once_and_not_stopped() {
    let pty = Pty::new();
    let said = said(run("send to the background", Some(&pty)));
    assert!(said.contains("no approver could be reached"), "{said}");
    assert_eq!(pty.raw(), b"", "nothing is written over what is in front");
}

#[test]
fn a_killed_program_leaves_a_cursor_and_whole_lines() {
    let pty = Pty::new();
    let mut child = run("ask", Some(&pty));
    pty.until_shows("y approve");
    child.kill().unwrap();
    child.wait().unwrap();
    pty.until("a cursor", |screen| !screen.hide_cursor());
    // Line wrap, as it was set last.
    let raw = String::from_utf8(pty.raw()).unwrap();
    assert!(raw.rfind("\x1b[?7h") > raw.rfind("\x1b[?7l"));
}
