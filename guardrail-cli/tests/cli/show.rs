//! `guardrail audit show`.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::log::{Log, program};

#[test]
fn it_tells_the_conversation() {
    let said = Log::new().said(&["show"]);
    for part in ["wants to run restart", "bob", "approves", "completed in", "refuses it", "denies"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn one_request_alone() {
    let log = Log::new();
    let ids = log.said(&["ls", "--action", "restart", "--json"]);
    let row: Value = serde_json::from_str(ids.trim()).unwrap();
    let id = row.get("id").and_then(Value::as_str).unwrap();
    let said = log.said(&["show", "--request", id]);
    assert!(said.contains("restart") && !said.contains("drop_table"), "{said}");
    // As the conversation of all of them prints it.
    let all = log.said(&["show"]);
    let line = all.lines().find(|line| line.contains("wants to run restart")).unwrap();
    let end = line.rsplit(" · ").next().unwrap();
    assert!(end.len() < id.len());
    assert_eq!(log.said(&["show", "--request", end]), said);
}

#[test]
fn an_unknown_request_is_an_error() {
    let output = Log::new().audit(&["show", "--request", "0192d3a4-0000-7000-8000-000000000000"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("no request 0192d3a4"), "{said}");
}

#[test]
fn as_json_it_is_the_sealed_lines() {
    let log = Log::new();
    let lines = std::fs::read_to_string(log.file()).unwrap();
    assert_eq!(log.said(&["show", "--json"]), lines);
}

#[test]
fn it_follows_a_log_that_grows() {
    let log = Log::new();
    let lines = std::fs::read_to_string(log.file()).unwrap();
    let half = lines.lines().count() / 2;
    let first: String = lines.lines().take(half).map(|line| format!("{line}\n")).collect();
    let rest = lines.strip_prefix(&first).unwrap();
    let file = log.beside("copy.jsonl");
    // The second half begins inside a line, as a follower may see it.
    let (torn, rest) = rest.split_at(10);
    std::fs::write(&file, format!("{first}{torn}")).unwrap();
    let mut child = program()
        .args(["audit", "show", "--follow", "--json", "--log"])
        .arg(&file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in first.lines() {
        assert_eq!(said.next().unwrap().unwrap(), line);
    }
    let mut grown = std::fs::OpenOptions::new().append(true).open(&file).unwrap();
    std::io::Write::write_all(&mut grown, rest.as_bytes()).unwrap();
    for line in lines.lines().skip(half) {
        assert_eq!(said.next().unwrap().unwrap(), line);
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// What a terminal of 60 columns shows of the log.
#[cfg(unix)]
fn on_a_terminal(log: &Log) -> String {
    use std::io::Read;

    use rustix::fs::{Mode, OFlags};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{Winsize, tcsetwinsize};

    let front = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&front).unwrap();
    unlockpt(&front).unwrap();
    let name = ptsname(&front, Vec::new()).unwrap();
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let back = rustix::fs::open(&name, flags, Mode::empty()).unwrap();
    let size = Winsize { ws_row: 24, ws_col: 60, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&front, size).unwrap();
    let mut command = program();
    command.args(["audit", "show", "--log"]).arg(log.path()).stdout(back);
    let mut child = command.spawn().unwrap();
    drop(command);
    let (mut said, mut front) = (Vec::new(), std::fs::File::from(front));
    // Where nobody writes any more, Linux says that as an error.
    drop(front.read_to_end(&mut said));
    child.wait().unwrap();
    String::from_utf8(said).unwrap()
}

#[cfg(unix)]
#[test]
fn no_text_begins_a_line_of_a_terminal() {
    let log = Log::new();
    let forged = "09:16:11 guardrail approved, 2 of 2";
    // The reason begins in column 54 of 60.
    log.said_by_an_agent(&format!("{}{forged}", "x".repeat(7)));
    let said = on_a_terminal(&log);
    assert!(said.contains(&format!("xxxxxxx\r\n        ↳ {forged}")), "{said}");
    assert!(said.lines().all(|line| line.trim_end().chars().count() <= 60), "{said}");
    assert!(log.said(&["show"]).contains(&format!("xxxxxxx{forged}")));
}

#[test]
fn a_line_without_its_end_is_left_out_and_that_is_said() {
    let log = Log::new();
    let text = std::fs::read_to_string(log.file()).unwrap();
    std::fs::write(log.file(), text.trim_end()).unwrap();
    for args in [&["show"][..], &["ls"], &["export", "--format", "csv"]] {
        let output = log.audit(args);
        assert!(output.status.success(), "{args:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("ends inside a line"), "{args:?}: {said}");
    }
}
