//! Enterprise Grid: one account, one id, several workspaces.

use std::collections::BTreeSet;

use guardrail_core::model::Identity;
use guardrail_core::policy::PolicySet;

use crate::approver::people::{Home, found};
use crate::client::UserInfo;
use crate::interaction::Account;

/// Of workspaces T0HERE and T0THERE of E0ORG.
fn info() -> UserInfo {
    let info = r#"{"id": "W0BOB", "team_id": "T0THERE", "is_bot": false, "is_restricted": false,
        "is_ultra_restricted": false,
        "enterprise_user": {"enterprise_id": "E0ORG", "teams": ["T0THERE", "T0HERE"]}}"#;
    UserInfo::read(info)
}

fn home(teams: &[&str], enterprise: Option<&str>) -> Home {
    let teams: BTreeSet<String> = teams.iter().map(|team| (*team).to_owned()).collect();
    Home { teams, enterprise: enterprise.map(str::to_owned) }
}

fn account(team: &str) -> Account {
    Account { team: team.to_owned(), user: "W0BOB".to_owned() }
}

#[test]
fn an_account_of_the_organisation_is_at_home_in_its_workspaces() {
    for home in [home(&["T0HERE"], None), home(&[], Some("E0ORG"))] {
        for team in ["T0HERE", "T0THERE", "E0ORG"] {
            assert!(home.has(&info(), team), "{team}");
        }
        assert!(!home.has(&info(), "T0ELSE"));
    }
    for home in [home(&["T0ELSE"], None), home(&[], Some("E0ELSE"))] {
        for team in ["T0HERE", "T0THERE", "E0ORG"] {
            assert!(!home.has(&info(), team), "{team}");
        }
    }
}

#[test]
fn the_directory_may_name_it_by_any_of_them() {
    let home = home(&["T0HERE"], None);
    for team in ["T0HERE", "T0THERE", "E0ORG"] {
        let text = format!("[people.bob]\nslack = \"{team}/W0BOB\"\n");
        let policies = PolicySet::parse(text).unwrap();
        let identity = found(&home, &info(), &account("T0THERE"), policies.directory());
        assert_eq!(identity, Some(Identity::new("slack", &format!("{team}/W0BOB"))), "{team}");
    }
    let policies = PolicySet::parse("[people.bob]\nslack = \"T0ELSE/W0BOB\"\n").unwrap();
    assert_eq!(found(&home, &info(), &account("T0THERE"), policies.directory()), None);
}
