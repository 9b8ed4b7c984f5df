//! Plays the steps of a scenario, one after the other, in a world of its own.

use std::path::Path;
use std::time::Duration;

use guardrail::{Cast, Error, State};

use super::deed::Deed;
use super::step::{Ballot, Moment, Step};
use super::world::{GRANT, TIMEOUT, Thrown, World};

/// The key where a scenario names none.
const MAIN: &str = "main";

/// What the last attempt to bring something about came to.
#[derive(Clone, Debug)]
pub(crate) enum Attempt {
    Vote(Result<Cast, String>),
    Call(Result<(), Error>),
}

/// Where everything stood at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) states: Vec<(String, State)>,
    pub(crate) votes: usize,
    pub(crate) runs: usize,
}

pub(crate) struct Play {
    pub(crate) world: World,
    /// The key of the request that is spoken of.
    pub(crate) key: String,
    /// The votes as they were cast, and what became of them.
    pub(crate) votes: Vec<(Thrown, Result<Cast, String>)>,
    pub(crate) last: Option<Attempt>,
    /// Before the last step.
    pub(crate) before: Option<Standing>,
    /// The body does not end before it is told.
    pub(super) hold_body: bool,
    /// The process dies before the end of the body is on record.
    pub(super) dies_behind_body: bool,
    pub(crate) restarted: bool,
    pub(crate) released: bool,
    /// The time that passed while people were asked.
    pub(crate) passed: Duration,
    pub(super) died: Option<Moment>,
}

impl Play {
    /// The play of these steps in this folder, before the first of them; with one process.
    pub(crate) async fn new(steps: &[Step], folder: &Path, file: bool) -> Result<Self, String> {
        let mut play = Self::empty(steps, folder, file);
        play.world.boot(false).await?;
        Ok(play)
    }

    /// The play behind a death in another process, which left its log in this folder.
    pub(crate) fn resumed(steps: &[Step], moment: Moment, folder: &Path) -> Self {
        let mut play = Self::empty(steps, folder, true);
        for step in flat(steps) {
            if let Step::Request { key, args, by, file } = step {
                play.asked(key.as_deref(), args.as_deref(), by.as_deref(), *file);
            }
        }
        if play.world.deeds.is_empty() {
            play.asked(None, None, None, false);
        }
        play.died = Some(moment);
        play
    }

    fn empty(steps: &[Step], folder: &Path, file: bool) -> Self {
        let approvals = flat(steps).iter().rev().find_map(|step| match step {
            Step::Quorum(number) => Some(*number),
            _ => None,
        });
        let hold_body =
            flat(steps).iter().any(|step| matches!(step, Step::Begin | Step::Kill(Moment::InBody)));
        Self {
            world: World::new(folder, file, approvals.unwrap_or(1)),
            key: MAIN.to_owned(),
            votes: Vec::new(),
            last: None,
            before: None,
            hold_body,
            dies_behind_body: flat(steps).contains(&&Step::Kill(Moment::AfterBody)),
            restarted: false,
            released: false,
            passed: Duration::ZERO,
            died: None,
        }
    }

    /// What the agent is about to ask, and by which key.
    fn asked(&mut self, key: Option<&str>, args: Option<&str>, by: Option<&str>, file: bool) {
        let key = key.map_or_else(|| self.fresh(), str::to_owned);
        let folder = self.world.folder.clone();
        let file = file.then(|| folder.join(&key));
        let deed = Deed::new(args.unwrap_or("p1"), file, &folder, &key);
        self.world.deeds.insert(key.clone(), deed);
        if let Some(person) = by {
            self.world.by.insert(key.clone(), person.to_owned());
        }
        self.key = key;
    }

    pub(crate) async fn play(&mut self, steps: &[Step]) -> Result<(), String> {
        for (at, step) in steps.iter().enumerate() {
            if at + 1 == steps.len() {
                self.before = Some(self.standing().await?);
            }
            Box::pin(self.step(step)).await?;
            self.world.settle().await;
        }
        Ok(())
    }

    pub(crate) async fn standing(&self) -> Result<Standing, String> {
        let mut states = Vec::new();
        let mut votes = 0;
        if self.world.alive().is_ok() {
            for key in self.world.deeds.keys() {
                states.push((key.clone(), self.world.state(key).await?));
                let request = self.world.request(key).await?;
                votes += request.map_or(0, |request| request.votes().len());
            }
        }
        Ok(Standing { states, votes, runs: self.world.runs() })
    }

    async fn step(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Request { key, args, by, file } => {
                self.asked(key.as_deref(), args.as_deref(), by.as_deref(), *file);
                if let Some(file) = self.deed()?.file() {
                    std::fs::write(file, "as approved").map_err(|error| error.to_string())?;
                }
                let key = self.key.clone();
                self.begin(&key).await?;
            }
            Step::Vote(ballot) => self.vote(ballot).await?,
            Step::Replay { on } => {
                self.voted().await?;
                let (thrown, _) = self.votes.last().cloned().ok_or("nobody has voted yet")?;
                let on = match on {
                    Some(key) => {
                        self.need(key).await?;
                        key.clone()
                    }
                    None => self.key.clone(),
                };
                let cast = self.world.throw(&on, &thrown).await;
                self.key = on;
                self.last = Some(Attempt::Vote(cast));
            }
            Step::Together(left, right) => Box::pin(self.together(left, right)).await?,
            // Nobody can edit yet: who edits sees another digest, and votes on that.
            Step::Edit(_) => self.need_any().await?,
            Step::Mutate(args) => {
                self.voted().await?;
                self.deed()?.set(args);
            }
            Step::Rewrite => {
                self.voted().await?;
                match self.deed()?.file() {
                    Some(file) => {
                        std::fs::write(file, "as rewritten").map_err(|e| e.to_string())?
                    }
                    None => self.deed()?.set("p2"),
                }
            }
            Step::Begin | Step::Release => self.release().await?,
            Step::Retry => self.retry().await?,
            Step::SecondProcess => {
                self.need_any().await?;
                self.world.boot(false).await?;
                let process = self.world.alive()?;
                self.world.call(process, &self.key.clone());
            }
            Step::Kill(moment) => self.kill(*moment).await?,
            Step::Restart => self.restart().await?,
            Step::Clock { forward: true, by } => self.pass(*by).await?,
            Step::Clock { forward: false, by } => {
                self.need_any().await?;
                self.world.clock.set_back(*by);
            }
            Step::Over { approval: false } => self.pass(TIMEOUT + Duration::from_secs(1)).await?,
            Step::Over { approval: true } => {
                self.voted().await?;
                tokio::time::advance(GRANT + Duration::from_secs(1)).await;
            }
            Step::AlmostOver => self.pass(TIMEOUT - Duration::from_millis(1)).await?,
            Step::Leave { who, inactive } => {
                let voters = ["alice", "bob", "carol"];
                let who = who.clone().unwrap_or_else(|| voters[0].to_owned());
                match inactive {
                    true => self.world.rules.inactive.push(who),
                    false => self.world.rules.members.retain(|member| *member != who),
                }
                self.world.reload().await?;
            }
            Step::Policy { tighter, approvals } => {
                self.need_any().await?;
                let now = &mut self.world.rules.approvals;
                *now = approvals.unwrap_or(if *tighter { *now + 1 } else { 1 });
                self.world.reload().await?;
            }
            Step::Reuse(args) => self.reuse(args).await?,
            Step::Quorum(_) => self.need_any().await?,
            Step::LogFails(event) => {
                if *event != Some("requested") {
                    self.need_any().await?;
                }
                let process = self.world.alive()?;
                self.world.processes[process].wire.fail_at(*event);
            }
            Step::Silence => self.need_any().await?,
            Step::Withdraw => {
                self.need_any().await?;
                for (_, _, task) in &self.world.tasks {
                    task.abort();
                }
            }
            Step::End => {
                self.release().await?;
                self.deed()?.hold(false);
            }
            Step::Panic => {
                self.need_any().await?;
                self.deed()?.panic();
            }
            Step::Implied(step) => match &**step {
                Step::Vote(_) if !self.votes.is_empty() => {}
                step => Box::pin(self.step(step)).await?,
            },
        }
        Ok(())
    }

    fn fresh(&self) -> String {
        match self.world.deeds.len() {
            0 => MAIN.to_owned(),
            number => format!("{MAIN}{number}"),
        }
    }

    fn deed(&self) -> Result<&Deed, String> {
        self.world.deeds.get(&self.key).ok_or("nobody has asked yet".to_owned())
    }

    /// Lets the agent call with this key, unless it did.
    pub(crate) async fn need(&mut self, key: &str) -> Result<(), String> {
        if !self.world.deeds.contains_key(key) {
            self.begin(key).await?;
        }
        Ok(())
    }

    pub(crate) async fn need_any(&mut self) -> Result<(), String> {
        let key = self.key.clone();
        self.need(&key).await
    }

    async fn begin(&mut self, key: &str) -> Result<(), String> {
        let process = self.world.alive()?;
        self.world.call(process, key);
        if self.hold_body {
            self.world.deeds[key].hold(true);
        }
        self.world.settle().await;
        Ok(())
    }

    async fn vote(&mut self, ballot: &Ballot) -> Result<(), String> {
        let key = ballot.on.clone().unwrap_or_else(|| self.key.clone());
        if ballot.who.as_deref() == Some("requester") && !self.world.deeds.contains_key(&key) {
            self.world.by.insert(key.clone(), "requester".to_owned());
        }
        self.need(&key).await?;
        let counted = self.votes.iter().filter(|(_, cast)| matches!(cast, Ok(Cast::Counted(_))));
        let rules = &self.world.rules;
        let may = |name: &&&str| !rules.inactive.iter().any(|gone| gone == **name);
        let default = rules.members.iter().filter(may).nth(counted.count());
        let default = default.copied().unwrap_or("alice");
        let who = ballot.who.as_deref().unwrap_or(default);
        let args = self.world.deeds[&key].args();
        let other = ballot.seen.as_deref().filter(|seen| *seen != args);
        let channel = ballot.channel.as_deref();
        let cast = match self.world.ballot(&key, who, channel, other, ballot.deny).await {
            Ok(thrown) => {
                let cast = self.world.throw(&key, &thrown).await;
                self.votes.push((thrown, cast.clone()));
                cast
            }
            // Where a request cannot even be shown, nobody votes on it.
            Err(error) => Err(error),
        };
        self.key = key;
        self.last = Some(Attempt::Vote(cast));
        self.world.settle().await;
        Ok(())
    }

    /// Lets as many people approve as it takes, unless somebody has voted.
    pub(crate) async fn voted(&mut self) -> Result<(), String> {
        self.need_any().await?;
        if self.votes.is_empty() {
            for _ in 0..self.world.rules.approvals {
                self.vote(&Ballot::default()).await?;
            }
        }
        Ok(())
    }

    /// Two votes on what both were shown before either voted.
    async fn together(&mut self, left: &[Step], right: &[Step]) -> Result<(), String> {
        let ([Step::Vote(left)], [Step::Vote(right)]) = (left, right) else {
            // Whatever is no vote has no instant; the one comes right after the other.
            for step in left.iter().chain(right) {
                let almost = left.iter().chain(right).any(|step| *step == Step::AlmostOver);
                match step {
                    Step::Over { .. } if almost => self.pass(Duration::from_millis(2)).await?,
                    step => self.step(step).await?,
                }
            }
            return Ok(());
        };
        self.need_any().await?;
        let key = self.key.clone();
        let who = |ballot: &Ballot, default: &str| {
            ballot.who.clone().unwrap_or_else(|| default.to_owned())
        };
        let world = &self.world;
        let first = (who(left, "alice"), left.channel.as_deref(), left.deny);
        let second = (who(right, "bob"), right.channel.as_deref(), right.deny);
        let first = world.ballot(&key, &first.0, first.1, None, first.2).await?;
        let second = world.ballot(&key, &second.0, second.1, None, second.2).await?;
        let casts = tokio::join!(world.throw(&key, &first), world.throw(&key, &second));
        self.votes.push((first, casts.0));
        self.last = Some(Attempt::Vote(casts.1.clone()));
        self.votes.push((second, casts.1));
        Ok(())
    }
}

/// All steps, those inside others too.
pub(crate) fn flat(steps: &[Step]) -> Vec<&Step> {
    let mut all = Vec::new();
    for step in steps {
        all.push(step);
        match step {
            Step::Together(left, right) => {
                all.extend(flat(left));
                all.extend(flat(right));
            }
            Step::Implied(inner) => all.extend(flat(std::slice::from_ref(inner))),
            _ => {}
        }
    }
    all
}
