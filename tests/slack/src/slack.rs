//! A workspace with one app in it: where it listens, what it holds, and how to wait for it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::account::Account;
use crate::emulator::{Emulator, TOKEN};
use crate::sockets::Sockets;
use crate::state::{Fault, State};

/// How long anything may take that a test waits for.
const PATIENCE: Duration = Duration::from_secs(30);
const APP_TOKEN: &str = "xapp-1-A0GUARD-0000000000-tests";
const BOT_USER: &str = "U0GUARD";

/// A workspace; a clone is the same one.
#[derive(Clone)]
pub struct Slack(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
    names: Names,
    emulator: Option<Emulator>,
    sockets: Sockets,
}

/// Where it listens, and what is what in it.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) api: String,
    pub(crate) socket: String,
    pub(crate) team: String,
    pub(crate) app: String,
    pub(crate) secret: String,
    pub(crate) channel: String,
}

impl Slack {
    pub(crate) fn new(names: Names, state: State, emulator: Option<Emulator>) -> Self {
        let (state, changed) = (Mutex::new(state), watch::channel(0).0);
        Self(Arc::new(Inner { state, changed, names, emulator, sockets: Sockets::default() }))
    }

    /// The base of the Web API.
    #[must_use]
    pub fn api_url(&self) -> &str {
        &self.0.names.api
    }

    /// Where sockets are opened.
    #[must_use]
    pub fn socket_url(&self) -> &str {
        &self.0.names.socket
    }

    /// The app's token.
    #[must_use]
    pub fn bot_token(&self) -> &str {
        TOKEN
    }

    /// The token that opens sockets.
    #[must_use]
    pub fn app_token(&self) -> &str {
        APP_TOKEN
    }

    /// What callbacks are signed with.
    #[must_use]
    pub fn signing_secret(&self) -> &str {
        &self.0.names.secret
    }

    /// The workspace's id.
    #[must_use]
    pub fn team(&self) -> &str {
        &self.0.names.team
    }

    /// The app's id.
    #[must_use]
    pub fn app(&self) -> &str {
        &self.0.names.app
    }

    /// The app's own account.
    #[must_use]
    pub fn bot_user(&self) -> &str {
        BOT_USER
    }

    /// The id of `#approvals`.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.0.names.channel
    }

    /// The id of a person.
    #[must_use]
    pub fn user(&self, name: &str) -> String {
        let state = self.state();
        let found = state.accounts.values().find(|account| account.name == name);
        found.unwrap_or_else(|| panic!("nobody is called {name}")).id.clone()
    }

    /// The line that links a person of `guardrail.toml` to their account here.
    #[must_use]
    pub fn link(&self, name: &str) -> String {
        format!("slack = \"{}/{}\"", self.team(), self.user(name))
    }

    /// Adds an account, or changes the one with its id.
    pub fn add(&self, account: Account) {
        self.change(|state| state.accounts.insert(account.id.clone(), account));
    }

    /// Sets who is in a user group.
    pub fn group(&self, id: &str, users: &[&str]) {
        let users = users.iter().map(|user| (*user).to_owned()).collect();
        self.change(|state| state.user_groups.insert(id.to_owned(), users));
    }

    /// Makes or renames a channel.
    pub fn add_channel(&self, id: &str, name: &str) {
        self.change(|state| state.channels.insert(name.to_owned(), id.to_owned()));
    }

    /// The next call of this method meets this fault; called again, the one after it does.
    pub fn fault(&self, method: &str, fault: Fault) {
        self.change(|state| {
            state.faults.entry(method.to_owned()).or_default().push_back(fault);
        });
    }

    /// Every call of this method meets this fault until it is healed; `*` is every method.
    pub fn break_down(&self, method: &str, fault: Fault) {
        self.change(|state| state.lasting.insert(method.to_owned(), fault));
    }

    /// No call of this method meets a fault any more.
    pub fn heal(&self, method: &str) {
        self.change(|state| {
            state.lasting.remove(method);
            state.faults.remove(method);
        });
    }

    /// Looks at everything.
    pub fn look<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state())
    }

    /// Waits until `look` finds something.
    ///
    /// # Panics
    /// When it finds nothing within half a minute; `what` is then said to be missing.
    pub async fn until<T>(&self, what: &str, look: impl FnMut(&State) -> Option<T>) -> T {
        match tokio::time::timeout(PATIENCE, self.sooner_or_later(look)).await {
            Ok(found) => found,
            Err(_) => panic!("{what} never came; there is {:#?}", self.state()),
        }
    }

    /// Waits until `look` finds something, however long.
    pub async fn sooner_or_later<T>(&self, mut look: impl FnMut(&State) -> Option<T>) -> T {
        let mut changed = self.0.changed.subscribe();
        loop {
            changed.borrow_and_update();
            if let Some(found) = self.look(&mut look) {
                return found;
            }
            changed.changed().await.expect("the sender lives in `self`");
        }
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.state());
        self.0.changed.send_modify(|count| *count += 1);
        result
    }

    pub(crate) fn take_fault(&self, method: &str) -> Option<Fault> {
        self.change(|state| {
            let next = state.faults.get_mut(method).and_then(std::collections::VecDeque::pop_front);
            next.or_else(|| state.lasting.get(method).or(state.lasting.get("*")).cloned())
        })
    }

    pub(crate) fn emulator(&self) -> Option<&Emulator> {
        self.0.emulator.as_ref()
    }

    pub(crate) fn sockets(&self) -> &Sockets {
        &self.0.sockets
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Slack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slack").field("api", &self.0.names.api).finish_non_exhaustive()
    }
}
