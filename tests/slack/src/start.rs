//! Brings a workspace up: in memory, or in front of the emulator.

use guardrail_test_counterparts::Counterparts;
use tokio::net::TcpListener;

use crate::account::Account;
use crate::emulator::Emulator;
use crate::slack::{Names, Slack};
use crate::state::State;
use crate::{server, socket};

const PEOPLE: [&str; 4] = ["alice", "bob", "carol", "mallory"];
const CHANNEL: &str = "C0APPROVALS";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

impl Slack {
    /// In memory, on ports of its own: alice, bob, carol and mallory, and the channel `#approvals`.
    pub async fn start() -> Self {
        Self::start_as("T0CORP", "A0GUARD", SECRET).await
    }

    /// The same, with these names.
    pub async fn start_as(team: &str, app: &str, secret: &str) -> Self {
        let mut state = State::default();
        for name in PEOPLE {
            let account = Account::member(&format!("U0{}", name.to_uppercase()), name, team);
            state.accounts.insert(account.id.clone(), account);
        }
        state.channels.insert("approvals".to_owned(), CHANNEL.to_owned());
        Self::serve(state, [team, app, secret, CHANNEL], None).await
    }

    /// In front of the `emulate` counterpart, which answers all it can.
    pub async fn emulated(parts: &Counterparts) -> Self {
        let emulator = Emulator::start(parts, &PEOPLE).await;
        let mut state = State::default();
        for name in PEOPLE {
            let account = Account::member(&emulator.users()[name], name, emulator.team());
            state.accounts.insert(account.id.clone(), account);
        }
        let channel = emulator.channel().to_owned();
        state.channels.insert("approvals".to_owned(), channel.clone());
        let team = emulator.team().to_owned();
        let names = [&team, "A0GUARD", SECRET, &channel];
        Self::serve(state, names, Some(emulator)).await
    }

    async fn serve(state: State, names: [&str; 4], emulator: Option<Emulator>) -> Self {
        let [team, app, secret, channel] = names.map(str::to_owned);
        let listen = || TcpListener::bind("127.0.0.1:0");
        let api = listen().await.expect("a port");
        let sockets = listen().await.expect("a port");
        let at = |listener: &TcpListener| listener.local_addr().expect("an address");
        let names = Names {
            api: format!("http://{}/api/", at(&api)),
            socket: format!("ws://{}/link/", at(&sockets)),
            team,
            app,
            secret,
            channel,
        };
        let slack = Self::new(names, state, emulator);
        tokio::spawn(server::serve(slack.clone(), api));
        tokio::spawn(socket::serve(slack.clone(), sockets));
        slack
    }
}
