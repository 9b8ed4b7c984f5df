//! A person who reads the channel and does the same with every request.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::task::JoinHandle;

use crate::hand::Hand;
use crate::screen::{buttons, read};
use crate::slack::Slack;
use crate::state::{Message, State, View};

/// What the person does with every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Reads all of it, page by page where it takes pages, and approves.
    Approve,
    /// Denies, for this reason.
    Deny(String),
    /// Reads, and does nothing.
    Nothing,
}

/// Somebody in front of Slack; dropped, they look away.
#[derive(Debug)]
pub struct Person {
    name: String,
    hand: Hand,
    slack: Slack,
    remembered: Arc<Mutex<String>>,
    looking: JoinHandle<()>,
}

impl Person {
    /// Sits down, and looks at every message and modal from now on.
    #[must_use]
    pub fn sit(slack: &Slack, name: &str, hand: Hand, deed: Deed) -> Self {
        let remembered = Arc::<Mutex<String>>::default();
        let looking = tokio::spawn(look(
            slack.clone(),
            name.to_owned(),
            hand.clone(),
            deed,
            Arc::clone(&remembered),
        ));
        Self { name: name.to_owned(), hand, slack: slack.clone(), remembered, looking }
    }

    /// Everything this person saw so far: messages in each of their versions, modals, private answers.
    #[must_use]
    pub fn saw(&self) -> String {
        let mut all = self.remembered.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.slack.look(|state| {
            let messages = state.messages.iter().map(|message| read(&message.blocks));
            let mine = state.views.iter().filter(|view| view.user == self.hand.user());
            let views = mine.map(|view| read(std::slice::from_ref(&view.view)));
            all.extend(messages.chain(views));
        });
        all.extend(self.hand.told());
        all
    }

    /// `alice`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        self.looking.abort();
    }
}

async fn look(slack: Slack, name: String, hand: Hand, deed: Deed, remembered: Arc<Mutex<String>>) {
    let mut done = HashSet::new();
    loop {
        let message = next(&slack, &name, &mut done).await;
        let mut memory = remembered.lock().unwrap_or_else(PoisonError::into_inner);
        memory.push_str(&read(&message.blocks));
        drop(memory);
        // While they act, messages change; whoever has three hands acts on each of them at once.
        let (hand, deed) = (hand.clone(), deed.clone());
        tokio::spawn(async move { hand.act(&message, &deed).await });
    }
}

/// The next message with buttons, or its next version, in which this person has not voted.
async fn next(slack: &Slack, name: &str, done: &mut HashSet<(String, String)>) -> Message {
    let open = |state: &State| {
        let waiting = |message: &&Message| {
            let buttons = buttons(&Value::Array(message.blocks.clone()));
            let text = read(&message.blocks);
            let voted = ["approves", "denies"].map(|does| text.contains(&format!("{name} {does}")));
            !buttons.is_empty()
                && !voted.contains(&true)
                && !done.contains(&(message.ts.clone(), value(&buttons)))
        };
        state.posts().find(waiting).cloned()
    };
    let message = slack.sooner_or_later(open).await;
    done.insert((message.ts.clone(), value(&buttons(&Value::Array(message.blocks.clone())))));
    message
}

/// What the buttons of a version carry, and those of no other.
fn value(buttons: &[Value]) -> String {
    buttons.iter().filter_map(|button| button["value"].as_str()).collect()
}

impl Hand {
    /// Does this with a request, as far as its message lets them.
    pub async fn act(&self, message: &Message, deed: &Deed) {
        let labels = buttons(&Value::Array(message.blocks.clone()));
        let labelled = |label: &str| labels.iter().any(|button| button["text"]["text"] == label);
        match deed {
            Deed::Nothing => {}
            Deed::Approve if labelled("Approve") => drop(self.click(message, "Approve").await),
            Deed::Approve if labelled("Review") => self.read_on(message).await,
            Deed::Deny(reason) if labelled("Deny") => {
                if let Some(view) = self.opens(message, "Deny").await {
                    self.submit(&view, &[reason]).await;
                }
            }
            Deed::Approve | Deed::Deny(_) => {}
        }
    }

    /// Opens a request, turns every page, and approves on the last.
    async fn read_on(&self, message: &Message) {
        let mut page = self.opens(message, "Review").await;
        while let Some(view) = page.take() {
            match view.view["submit"]["text"].as_str() {
                Some("Next page") => {
                    let before = (self.modals(), self.told().len());
                    self.submit(&view, &[]).await;
                    page = self.opened(before).await;
                }
                Some(_) => {
                    let texts = answers(&view.view);
                    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                    self.submit(&view, &texts).await;
                }
                None => {}
            }
        }
    }

    /// Presses a button that opens a modal; none where a private answer comes instead.
    pub async fn opens(&self, message: &Message, label: &str) -> Option<View> {
        let before = (self.modals(), self.told().len());
        self.click(message, label).await;
        self.opened(before).await
    }

    async fn opened(&self, (seen, told): (usize, usize)) -> Option<View> {
        let slack = self.slack();
        slack
            .sooner_or_later(|state| {
                let mine = state.views.iter().filter(|view| view.user == self.user());
                let view = mine.clone().nth(seen).cloned();
                let words = state.ephemerals.iter().filter(|one| one.user == self.user()).count();
                (view.is_some() || words > told).then_some(view)
            })
            .await
    }
}

/// What a person types into the inputs of a page: the word that is asked for, or a reason.
fn answers(view: &Value) -> Vec<String> {
    let blocks = view["blocks"].as_array().cloned().unwrap_or_default();
    let inputs = blocks.iter().filter(|block| block["type"] == "input");
    let labels = inputs.filter_map(|input| input["label"]["text"].as_str());
    let typed = labels.map(|label| match label.split('"').nth(1) {
        Some(word) => word.to_owned(),
        None => "it is as agreed".to_owned(),
    });
    typed.collect()
}
