//! The table at the end: what ran of each class, and what waits for which capability.

use std::collections::BTreeMap;

use crate::corpus::Misplaced;
use crate::words::Class;

/// What became of all entries.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    classes: BTreeMap<Class, Tally>,
    /// Capability to the entries nobody runs without it.
    waiting: BTreeMap<String, Vec<String>>,
    /// Capability to the entries of which a rest waits for it.
    rest: BTreeMap<String, Vec<String>>,
    pub(crate) failures: Vec<Misplaced>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    ran: usize,
    waiting: usize,
    failed: usize,
}

impl Summary {
    pub(crate) fn ran(&mut self, class: Class, id: &str, waits: &[String]) {
        self.classes.entry(class).or_default().ran += 1;
        for capability in waits {
            self.rest.entry(capability.clone()).or_default().push(id.to_owned());
        }
    }

    pub(crate) fn waits(&mut self, class: Class, id: &str, waits: &[String]) {
        self.classes.entry(class).or_default().waiting += 1;
        for capability in waits {
            self.waiting.entry(capability.clone()).or_default().push(id.to_owned());
        }
    }

    pub(crate) fn failed(&mut self, class: Class, id: &str, why: String) {
        self.classes.entry(class).or_default().failed += 1;
        self.failures.push(Misplaced { id: id.to_owned(), why });
    }

    pub(crate) fn print(&self) {
        println!("\n{:<16}{:>6}{:>9}{:>8}", "class", "ran", "waiting", "failed");
        let mut all = Tally::default();
        for (class, tally) in &self.classes {
            let Tally { ran, waiting, failed } = *tally;
            println!("{:<16}{ran:>6}{waiting:>9}{failed:>8}", class.word());
            all.ran += ran;
            all.waiting += waiting;
            all.failed += failed;
        }
        println!("{:<16}{:>6}{:>9}{:>8}", "all", all.ran, all.waiting, all.failed);
        for (capability, ids) in &self.waiting {
            println!("\nwaiting for {capability} ({}): {}", ids.len(), ids.join(" "));
        }
        for (capability, ids) in &self.rest {
            println!(
                "\nran, and the rest waits for {capability} ({}): {}",
                ids.len(),
                ids.join(" ")
            );
        }
        for Misplaced { id, why } in &self.failures {
            println!("\nFAILED {id}: {why}");
        }
    }
}
