//! Who an identity belongs to, and who a name means.

use super::{WHOLE, set};
use crate::model::{GroupName, Identity, PersonId};
use crate::policy::{Directory, Kind, PolicySet, Resolution};

fn who(set: &PolicySet, identity: &Identity) -> Option<String> {
    match set.directory().resolve(identity) {
        Resolution::Nobody => None,
        Resolution::Person(person) => Some(person.id().to_string()),
    }
}

fn named(directory: &Directory, text: &str) -> Option<String> {
    directory.named(text).map(|person| person.id().to_string())
}

#[test]
fn every_account_in_the_file_belongs_to_its_person() {
    let set = set(WHOLE);
    for (realm, subject) in [
        ("slack", "T0CORP/U0ALICE"),
        ("slack", "T0LABS/U0ALICE"),
        ("teams", "4f6c0000-0000-4000-8000-00000000a11c"),
        ("terminal", "alice"),
        ("web", "alice"),
        ("oidc", "auth0|alice"),
        ("person", "alice"),
    ] {
        assert_eq!(who(&set, &Identity::new(realm, subject)).as_deref(), Some("alice"), "{realm}");
    }
}

#[test]
fn an_account_is_compared_byte_for_byte_realm_and_subject() {
    let set = set(WHOLE);
    for (realm, subject) in [
        ("slack", "t0corp/u0alice"),
        ("slack", "T0CORP/U0ALICE "),
        ("slack", "T0OTHER/U0ALICE"),
        ("slack", "U0ALICE"),
        ("Slack", "T0CORP/U0ALICE"),
        ("teams", "T0CORP/U0ALICE"),
        ("slack", "alice"),
        ("terminal", "Alice"),
        ("terminal", "bob"),
        ("person", "Alice"),
        ("person", "alice@corp.example"),
        ("person", "T0CORP/U0ALICE"),
        ("person", ""),
        ("", "alice"),
        ("", ""),
        ("email", "alice@corp.example"),
    ] {
        assert_eq!(who(&set, &Identity::new(realm, subject)), None, "{realm} {subject}");
    }
}

#[test]
fn an_account_too_long_to_be_kept_is_nobodys() {
    let long = "a".repeat(Identity::LIMIT + 1);
    assert_eq!(who(&set(WHOLE), &Identity::new("terminal", &long)), None);
}

#[test]
fn those_who_left_and_those_who_are_no_humans_are_found_and_say_so() {
    let set = set(WHOLE);
    let person = |subject: &str| match set.directory().resolve(&Identity::new("slack", subject)) {
        Resolution::Person(person) => person.clone(),
        Resolution::Nobody => panic!("{subject} is nobody"),
    };
    let carol = person("T0CORP/U0CAROL");
    assert!(carol.is_human() && !carol.is_active());
    let bot = person("T0CORP/U0BOT");
    assert!(!bot.is_human() && bot.is_active());
    assert_eq!(bot.kind(), Kind::Agent);
}

#[test]
fn a_person_says_what_the_file_says_of_them() {
    let set = set(WHOLE);
    let id = PersonId::new("alice").unwrap();
    let alice = set.directory().person(&id).unwrap();
    assert_eq!(alice.id(), &id);
    assert_eq!((alice.name(), alice.email()), ("Alice Example", Some("alice@corp.example")));
    assert_eq!(alice.owns().iter().map(ToString::to_string).collect::<Vec<_>>(), ["deploy-bot"]);
    assert_eq!(alice.identities().len(), 6);
    let bob = set.directory().named("bob").unwrap();
    assert_eq!(bob.name(), "bob", "the id where there is no name");
    assert_eq!(set.directory().people().count(), 6);
}

#[test]
fn a_name_is_an_id_or_an_address_in_any_spelling() {
    let set = set("[people.'rené']\nemail = 'Rene@Corp.Example'\n[people.'straße']\n");
    let directory = set.directory();
    for text in ["rené", "rene\u{301}", "RENÉ", " rené ", "rene@corp.example", "RENE@CORP.EXAMPLE"]
    {
        assert_eq!(named(directory, text).as_deref(), Some("rené"), "{text:?}");
    }
    assert_eq!(named(directory, "STRASSE").as_deref(), Some("straße"));
    for text in ["rene", "", "rene+x@corp.example", "rené\u{200b}", "person:rené"] {
        assert_eq!(named(directory, text), None, "{text:?}");
    }
    assert!(directory.person(&PersonId::new("RENÉ").unwrap()).is_none(), "an id is exact");
}

#[test]
fn groups_hold_all_their_members_active_or_not() {
    let set = set(WHOLE);
    let group = |name: &str| set.directory().group(&GroupName::new(name).unwrap());
    let members: Vec<&str> = group("sre").unwrap().iter().map(PersonId::as_str).collect();
    assert_eq!(members, ["alice", "bob", "carol"]);
    assert!(group("SRE").is_none() && group("admins").is_none());
    assert_eq!(set.directory().groups().count(), 2);
}
