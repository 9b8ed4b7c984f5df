//! Whom a name of the corpus speaks of: its notation, taken apart.

/// What somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Human,
    Agent,
    Service,
    Group,
}

/// One side of a pair.
#[derive(Clone, Debug)]
pub(crate) struct Party {
    /// As it is written.
    pub(crate) text: String,
    /// The name itself, without what is said about it.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Whom it acts for.
    pub(crate) acts_for: Option<String>,
    /// Through whom the task came.
    pub(crate) chain: Vec<String>,
    /// Whose it is.
    pub(crate) owner: Option<String>,
    pub(crate) members: Vec<String>,
    pub(crate) active: bool,
}

const INACTIVE: [&str; 10] = [
    "deactivated",
    "inactive",
    "disabled",
    "suspended",
    "leaver",
    "left",
    "offboarded",
    "former",
    "deleted",
    "removed",
];

impl Party {
    pub(crate) fn read(text: &str) -> Self {
        let mut party = Self {
            text: text.to_owned(),
            name: text.to_owned(),
            kind: Kind::Human,
            acts_for: None,
            chain: Vec::new(),
            owner: None,
            members: Vec::new(),
            active: true,
        };
        party.said_in_brackets();
        party.said_in_words();
        party.links();
        party.prefix();
        party
    }

    /// `alice (deactivated)`, `agent:sub (on behalf of alice)`.
    fn said_in_brackets(&mut self) {
        let Some((name, rest)) = self.name.split_once(" (") else { return };
        let Some(remark) = rest.strip_suffix(')') else { return };
        let (name, remark) = (name.to_owned(), remark.to_owned());
        if self.remark(&remark) {
            self.name = name;
        }
    }

    fn remark(&mut self, remark: &str) -> bool {
        let lower = remark.to_lowercase();
        if INACTIVE.iter().any(|word| lower.contains(word)) {
            self.active = false;
            return true;
        }
        for words in ["on behalf of ", "acting for ", "for ", "as "] {
            if let Some(whom) = behind(remark, words) {
                self.acts_for = Some(whom);
                return true;
            }
        }
        for words in ["owned by ", "owner: ", "owner ", "created by ", "registered by "] {
            if let Some(whom) = behind(remark, words) {
                self.owner = Some(whom);
                return true;
            }
        }
        for words in ["delegated by ", "via ", "through "] {
            if let Some(whom) = behind(remark, words) {
                self.chain.push(whom);
                return true;
            }
        }
        false
    }

    /// `group:admins containing alice`, `token issued to deploy-bot by alice`.
    fn said_in_words(&mut self) {
        if let Some((group, members)) = self.name.split_once(" containing ") {
            self.members = members.split([',', ' ']).map(str::to_owned).collect();
            self.members.retain(|member| !member.is_empty() && member != "and");
            self.kind = Kind::Group;
            self.name = group.to_owned();
        }
        let lower = self.name.to_lowercase();
        for word in ["token ", "api key ", "session ", "credential "] {
            let Some(at) = lower.find(word) else { continue };
            let rest = self.name.get(at + word.len()..).unwrap_or_default().to_owned();
            for words in ["issued to ", "of ", "for "] {
                let Some(bearer) = behind(&rest, words) else { continue };
                let (bearer, owner) = match bearer.split_once(" by ") {
                    Some((bearer, owner)) => (bearer.to_owned(), Some(owner.to_owned())),
                    None => (bearer, None),
                };
                // Who holds a token acts as the one it was issued to, whoever that was by.
                self.kind = Kind::Agent;
                self.name = bearer;
                self.owner = owner;
                return;
            }
        }
        for words in [" on behalf of ", " acting for ", " owned by "] {
            if let Some((name, whom)) = self.name.clone().split_once(words) {
                match words {
                    " owned by " => self.owner = Some(whom.to_owned()),
                    _ => self.acts_for = Some(whom.to_owned()),
                }
                self.name = name.to_owned();
            }
        }
    }

    /// `alice -> agent:planner -> agent:worker`: the last one asks, for the first.
    fn links(&mut self) {
        let arrow = ["->", "→", ">"].into_iter().find(|arrow| self.name.contains(arrow));
        let Some(arrow) = arrow else { return };
        let name = self.name.clone();
        let mut links: Vec<&str> = name.split(arrow).map(str::trim).collect();
        if let Some(last) = links.pop() {
            self.name = last.to_owned();
            self.chain.extend(links.into_iter().map(str::to_owned));
        }
    }

    fn prefix(&mut self) {
        let Some((prefix, name)) = self.name.split_once(':') else { return };
        let kind = match prefix.trim().to_lowercase().as_str() {
            "agent" | "bot" => Kind::Agent,
            "service-account" | "service" | "serviceaccount" | "sa" | "svc" | "system"
            | "webhook" | "app" | "workload" | "machine" | "integration" => Kind::Service,
            "group" | "team" | "role" => Kind::Group,
            "human" | "person" | "user" | "mailto" | "email" => self.kind,
            _ => return,
        };
        self.kind = kind;
        self.name = name.trim().to_owned();
    }

    /// The person who answers for it: whom it acts for, else itself.
    pub(crate) fn person(&self) -> &str {
        self.acts_for.as_deref().unwrap_or(&self.name)
    }
}

fn behind(text: &str, words: &str) -> Option<String> {
    let start = text.get(..words.len())?;
    start
        .eq_ignore_ascii_case(words)
        .then(|| text.get(words.len()..).unwrap_or_default().to_owned())
}
