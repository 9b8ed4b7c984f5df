//! Pairs of names: whether the second may vote on what is asked in the name of the first. Every
//! way in which the two can stand in a directory and a call is tried.

mod party;
mod town;

use guardrail::policy::PolicyError;
use guardrail::{Cast, Identity, PolicySet, VoteRefusal};

use crate::corpus::Entry;
use crate::ensure;
use crate::payload::Payload;
use crate::toml::quoted;
use crate::trial::Check;
use crate::words::Expect;
use party::{Kind, Party};
use town::{Caller, Met, Someone, attempt, directory, is_id};

/// What becomes of a vote of somebody on the requesting side.
const SIDE: Met = Met::Vote(Cast::Refused(VoteRefusal::RequestingSide));

pub(crate) async fn run(entry: &Entry) -> Check {
    let Payload::Pair { requester, approver } = &entry.payload else {
        return Err("a pair is two names".to_owned());
    };
    let (requester, approver) = (Party::read(requester), Party::read(approver));
    match entry.expect {
        Expect::SamePrincipal => same(&requester, &approver).await,
        Expect::ByDirectory => {
            two_people(&requester, &approver).await?;
            second_account(&requester, &approver).await
        }
        Expect::Distinct | Expect::Accept => two_people(&requester, &approver).await,
        Expect::DistinctAndReject => {
            nobody(&requester, &approver).await?;
            told_apart(&requester, &approver)
        }
        _ => reject(&requester, &approver).await,
    }
}

/// The account of the approver, as a channel proves it; blanks around it prove nothing else.
fn account(party: &Party) -> Identity {
    Identity::new("web", &party.text)
}

/// The call as it would be made in the name of this party.
fn caller(party: &Party) -> Caller {
    let mut caller = Caller { chain: party.chain.clone(), ..Caller::default() };
    match party.kind {
        Kind::Human => caller.acts_for = Some(party.person().to_owned()),
        _ => {
            caller.agent = Some(party.text.split(" (").next().unwrap_or_default().to_owned());
            caller.acts_for.clone_from(&party.acts_for);
        }
    }
    caller
}

/// Every way in which the requester's name can stand in a call.
fn callers(party: &Party) -> Vec<Caller> {
    let person = party.person().to_owned();
    if party.kind != Kind::Human || !party.chain.is_empty() {
        return vec![caller(party)];
    }
    vec![
        caller(party),
        Caller { chain: vec![person.clone()], ..Caller::default() },
        Caller { agent: Some(person.clone()), ..Caller::default() },
        Caller { agent: Some("bot".to_owned()), acts_for: Some(person), ..Caller::default() },
    ]
}

/// The vote does not count: the person is found on the requesting side, or is nobody.
async fn same(requester: &Party, approver: &Party) -> Check {
    if approver.kind == Kind::Group {
        return group(requester, approver).await;
    }
    let (theirs, ours) = (requester.person(), approver.person());
    let spelled = ours.trim();
    ensure!(is_id(spelled), "{spelled:?} can be nobody's name");
    // The directory spells the person as the approver does; the call as the requester.
    let mut person = Someone::human(spelled).account(spelled);
    if requester.owner.is_some() {
        person.owns.push(requester.name.clone());
    }
    let people = || directory(std::slice::from_ref(&person));
    for caller in callers(requester) {
        let named = format!("{caller:?}");
        match attempt(people()?, caller, Identity::new("web", spelled)).await? {
            Met::CallRefused => {}
            Met::Vote(cast) => ensure!(
                cast == Cast::Refused(VoteRefusal::RequestingSide),
                "as {named} the vote is {cast:?}"
            ),
        }
    }
    if requester.kind == Kind::Human && requester.chain.is_empty() {
        let chained = Caller { chain: vec![theirs.to_owned()], ..Caller::default() };
        let met = attempt(people()?, chained, Identity::new("web", spelled)).await?;
        ensure!(met == SIDE, "in the chain the vote is {met:?}");
        if is_id(theirs) {
            second_account(requester, approver).await?;
        }
    }
    // As the text of an account that nobody linked, it is nobody, blanks and all.
    if spelled != approver.text {
        let met = attempt(people()?, caller(requester), account(approver)).await?;
        ensure!(!counted(&met), "an account nobody linked has voted");
    }
    let twins = format!("[people.{}]\n[people.{}]\n", quoted(theirs), quoted(ours));
    ensure!(
        theirs == ours || requester.kind != Kind::Human || PolicySet::parse(twins).is_err(),
        "the directory holds the two spellings as two people"
    );
    Ok(())
}

/// The directory says that the account is the requester's own.
async fn second_account(requester: &Party, approver: &Party) -> Check {
    let (person, account) = (requester.person(), approver.text.trim());
    let people = directory(&[Someone::human(person).account(account)])?;
    let met = attempt(people, caller(requester), Identity::new("web", account)).await?;
    ensure!(met == SIDE, "by a second account the vote is {met:?}");
    Ok(())
}

/// The directory says that they are two people: then the second may vote.
async fn two_people(requester: &Party, approver: &Party) -> Check {
    let theirs = Someone::human(requester.person()).account(&requester.text);
    let ours = Someone::human(approver.person()).account(&approver.text);
    let people = directory(&[theirs, ours])?;
    let met = attempt(people, caller(requester), account(approver)).await?;
    ensure!(counted(&met), "another person may not vote: {met:?}");
    Ok(())
}

/// A group is no voter, and its member is on the requesting side.
async fn group(requester: &Party, approver: &Party) -> Check {
    // Other members are other people.
    let own = |member: &&String| {
        guardrail::model::fold(member) == guardrail::model::fold(requester.person())
    };
    ensure!(approver.members.iter().any(|member| own(&member)), "nobody in the group is meant");
    for member in approver.members.iter().filter(own) {
        let people = directory(&[Someone::human(member).account(member)])?;
        let met = attempt(people, caller(requester), Identity::new("web", member)).await?;
        ensure!(met == SIDE, "the member's vote is {met:?}");
    }
    let people: Vec<Someone> = approver.members.iter().map(|one| Someone::human(one)).collect();
    let met = attempt(directory(&people)?, caller(requester), account(approver)).await?;
    ensure!(unlinked(&met), "a group has voted: {met:?}");
    Ok(())
}

/// The approver is in no directory, however much the name looks like one that is.
async fn nobody(requester: &Party, approver: &Party) -> Check {
    let known = requester.person();
    for voter in [account(approver), Identity::person(approver.person())] {
        let people = match is_id(known) {
            true => directory(&[Someone::human(known).account(known)])?,
            false => directory(&[])?,
        };
        let met = attempt(people, caller(requester), voter.clone()).await?;
        ensure!(unlinked(&met), "as {voter} the vote is {met:?}");
    }
    Ok(())
}

/// Two names that only look alike are two: neither is the other's spelling, and a directory that
/// holds both tells them apart or does not load.
fn told_apart(requester: &Party, approver: &Party) -> Check {
    let (theirs, ours) = (requester.person(), approver.person());
    // A letter of another width or style may mean the same one, and so may one without its dot; then
    // they are one person, who is refused.
    let wide = |name: &str| {
        name.chars().any(|c| {
            matches!(c, '\u{131}' | '\u{2460}'..='\u{24ff}' | '\u{ff00}'..='\u{ffef}' | '\u{1d400}'..='\u{1d7ff}')
        })
    };
    ensure!(
        wide(theirs)
            || wide(ours)
            || guardrail::model::fold(theirs) != guardrail::model::fold(ours),
        "the two names are taken for one person"
    );
    let twins = format!("[people.{}]\n[people.{}]\n", quoted(theirs), quoted(ours));
    let loaded: Result<PolicySet, PolicyError> = PolicySet::parse(twins);
    let look = |name: &str| name.replace('I', "l").replace(['0', 'О'], "O").replace('1', "l");
    let alike = theirs.is_ascii() && ours.is_ascii() && look(theirs) == look(ours);
    ensure!(!alike || loaded.is_err(), "the directory holds both, and nobody could tell");
    Ok(())
}

/// Nothing comes of it, whoever of the two is not what they should be.
async fn reject(requester: &Party, approver: &Party) -> Check {
    let unsound = !is_id(requester.person()) || !requester.active;
    let mut people = Vec::new();
    if is_id(requester.person()) && requester.kind == Kind::Human {
        let mut one = Someone::human(requester.person());
        one.active = requester.active;
        people.push(one);
    }
    if let Some(owner) = approver.owner.as_deref().filter(|owner| is_id(owner)) {
        let mut one = Someone::human(owner);
        one.owns.push(approver.name.clone());
        people.push(one);
    }
    for member in approver.members.iter().filter(|member| is_id(member)) {
        people.push(Someone::human(member));
    }
    // Who is no voter is known all the same, by name and by account.
    let kind = match approver.kind {
        Kind::Agent => Some("agent"),
        Kind::Service => Some("service"),
        Kind::Human if unsound || !approver.active => Some("human"),
        Kind::Human | Kind::Group => None,
    };
    if let Some(kind) = kind.filter(|_| is_id(&approver.name)) {
        let mut one = Someone::human(&approver.name).account(&approver.text);
        (one.kind, one.active) = (kind, approver.active);
        match people.iter_mut().find(|other| other.id == one.id) {
            Some(other) => other.accounts.extend(one.accounts),
            None => people.push(one),
        }
        if kind != "human" {
            named_in_a_policy(&approver.name, kind)?;
        }
    }
    people.dedup_by(|a, b| a.id == b.id);
    for voter in [account(approver), Identity::person(&approver.name)] {
        // By its id the approver could still be a person in good standing, if only the account,
        // the group or the token is what is wrong.
        let by_id = voter.realm() == Identity::PERSON;
        if by_id
            && people.iter().any(|one| one.id == approver.name && !unsound && one.active)
            && approver.kind == Kind::Human
        {
            continue;
        }
        let set = directory(&people)?;
        let met = attempt(set, caller(requester), voter.clone()).await?;
        ensure!(!counted(&met), "as {voter} the vote counted");
        if unsound {
            let called = matches!(met, Met::CallRefused);
            ensure!(called, "a call in the name of {:?} was asked", requester.text);
        }
    }
    Ok(())
}

/// A policy that asks what is no person does not load.
fn named_in_a_policy(name: &str, kind: &str) -> Check {
    for approver in [format!("person:{name}"), format!("{kind}:{name}"), name.to_owned()] {
        let text = format!(
            "[people.judge]\n[people.{}]\nkind = \"{kind}\"\n[policies.p]\napprovers = [{}]\n",
            quoted(name),
            quoted(&approver)
        );
        ensure!(PolicySet::parse(text).is_err(), "a policy asks `{approver}`");
    }
    Ok(())
}

fn counted(met: &Met) -> bool {
    matches!(met, Met::Vote(Cast::Counted(_)))
}

fn unlinked(met: &Met) -> bool {
    matches!(met, Met::CallRefused | Met::Vote(Cast::Refused(VoteRefusal::Unlinked)))
}
