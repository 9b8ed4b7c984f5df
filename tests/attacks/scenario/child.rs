//! A process that plays the steps of a scenario up to its death, and waits there to be killed.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::play::Play;
use super::reading;
use super::step::Step;
use crate::corpus::Entry;
use crate::payload::Payload;
use crate::trial::Check;

/// What the process says when it stands where it is to be killed.
const HERE: &str = "kill me here";
/// How long it may take to come there.
const PATIENCE: Duration = Duration::from_secs(60);

/// Lets a process of its own play in this folder, and kills it where it says.
pub(crate) fn dies(entry: &Entry, folder: &Path) -> Check {
    let mut child = crate::dos::process(entry, folder)?
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let stood = stands(&mut child);
    // SIGKILL: nothing of it runs any more, no destructor and no last write.
    child.kill().and_then(|()| child.wait()).map_err(|error| error.to_string())?;
    stood
}

/// Waits until the process stands where it is to be killed.
fn stands(child: &mut Child) -> Check {
    let output = child.stdout.take().ok_or("the process says nothing")?;
    let (said, heard) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let _ = said.send(line);
        }
    });
    let mut words = Vec::new();
    while let Ok(line) = heard.recv_timeout(PATIENCE) {
        if line.contains(HERE) {
            return Ok(());
        }
        words.push(line);
    }
    Err(format!("the process never came to its death: {}", words.join(" ")))
}

/// What the process does.
pub(crate) fn alone(entry: &Entry, line: &Path) {
    let folder = line.parent().unwrap();
    let Payload::Steps(words) = &entry.payload else { panic!("a scenario is a list of steps") };
    let steps: Vec<Step> = words.iter().flat_map(|words| reading::read(words).unwrap()).collect();
    let death = steps.iter().position(|step| matches!(step, Step::Kill(_))).unwrap();
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap().block_on(async {
        let mut play = Play::new(&steps, folder, true).await.unwrap();
        play.play(&steps[..=death]).await.unwrap();
        println!("{HERE}");
        loop {
            std::thread::park();
        }
    });
}
