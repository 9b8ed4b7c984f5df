//! Rotation: in time, once, never lost, never printed.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use guardrail_conformance::ManualClock;
use guardrail_core::clock::{Clock as _, Timestamp};
use guardrail_core::model::secret::Secret;
use serde_json::json;

use super::{BotToken, BotTokens, Rotation, StoreError, TokenFile, TokenStore};
use crate::client::Error;
use crate::client::tests::script::{Reply, Script, breaks, refuses, says};

const HOUR: Duration = Duration::from_secs(3600);

#[derive(Debug, Default)]
struct Shelf {
    kept: Mutex<Option<BotTokens>>,
    broken: Mutex<bool>,
}

#[async_trait]
impl TokenStore for Shelf {
    async fn load(&self) -> Result<Option<BotTokens>, StoreError> {
        Ok(self.kept.lock().unwrap().clone())
    }

    async fn save(&self, tokens: &BotTokens) -> Result<(), StoreError> {
        if *self.broken.lock().unwrap() {
            return Err("the shelf is broken".into());
        }
        *self.kept.lock().unwrap() = Some(tokens.clone());
        Ok(())
    }
}

impl Shelf {
    fn with(access: &str, refresh: &str, expires: Timestamp) -> Arc<Self> {
        let shelf = Self::default();
        *shelf.kept.lock().unwrap() =
            Some(BotTokens::new(access.to_owned(), refresh.to_owned(), expires));
        Arc::new(shelf)
    }

    fn access(&self) -> Option<String> {
        self.kept.lock().unwrap().as_ref().map(|kept| kept.access.expose().clone())
    }
}

fn rotation(store: Arc<dyn TokenStore>) -> Rotation {
    Rotation {
        client_id: Secret::new("id".to_owned()),
        client_secret: Secret::new("hush".to_owned()),
        refresh: Secret::new("xoxe-1-first".to_owned()),
        store,
    }
}

fn renewed(number: u32) -> Reply {
    says(json!({
        "ok": true, "token_type": "bot", "expires_in": 43200,
        "access_token": format!("xoxe.xoxb-1-{number}"), "refresh_token": format!("xoxe-1-{number}"),
    }))
}

fn token(script: &Script, store: Arc<dyn TokenStore>, clock: &Arc<ManualClock>) -> BotToken {
    let first = Secret::new("xoxe.xoxb-1-first".to_owned());
    BotToken::new(script.caller(), Arc::clone(clock) as _, first, Some(rotation(store)))
}

#[tokio::test(start_paused = true)]
async fn a_token_that_has_ended_is_renewed_and_the_call_goes_on() {
    let good = says(json!({ "ok": true, "users": ["U1"] }));
    let script = Script::new([refuses("token_expired"), renewed(1), good.clone(), good]);
    let shelf = Arc::new(Shelf::default());
    let client =
        script.client_with(Some(rotation(Arc::clone(&shelf) as _)), Arc::new(ManualClock::new()));
    assert_eq!(client.usergroup_users("S1").await.unwrap(), ["U1"]);
    assert_eq!(client.usergroup_users("S1").await.unwrap(), ["U1"]);
    let asked = script.asked();
    let tokens: Vec<_> = asked.iter().map(|asked| asked.token.as_deref()).collect();
    let new = Some("xoxe.xoxb-1-1");
    assert_eq!(tokens, [Some("xoxb-bot"), None, new, new]);
    assert_eq!(
        asked[1].body,
        json!({
            "client_id": "id", "client_secret": "hush", "grant_type": "refresh_token",
            "refresh_token": "xoxe-1-first",
        })
    );
    assert_eq!(shelf.access().as_deref(), new);
}

#[tokio::test(start_paused = true)]
async fn without_rotation_an_end_is_an_end() {
    let script = Script::new([refuses("token_expired")]);
    let error = script.client().usergroup_users("S1").await.unwrap_err();
    assert_eq!(error.code(), Some("token_expired"));
}

#[tokio::test(start_paused = true)]
async fn it_is_renewed_before_it_ends_and_survives_a_restart() {
    let clock = Arc::new(ManualClock::new());
    let shelf = Shelf::with("xoxe.xoxb-1-0", "xoxe-1-0", clock.now().after(12 * HOUR));
    let script = Script::new([renewed(1)]);
    let bot = token(&script, Arc::clone(&shelf) as _, &clock);
    assert_eq!(bot.current().await.unwrap().expose(), "xoxe.xoxb-1-0");
    clock.advance(10 * HOUR);
    assert_eq!(bot.current().await.unwrap().expose(), "xoxe.xoxb-1-0");
    clock.advance(HOUR);
    assert_eq!(bot.current().await.unwrap().expose(), "xoxe.xoxb-1-1");
    assert_eq!(script.asked()[0].body["refresh_token"], "xoxe-1-0");
    // The next process starts with what was saved.
    let next = token(&Script::new([]), shelf, &clock);
    assert_eq!(next.current().await.unwrap().expose(), "xoxe.xoxb-1-1");
}

#[tokio::test(start_paused = true)]
async fn many_calls_renew_once() {
    let clock = Arc::new(ManualClock::new());
    let script = Script::new([renewed(1)]);
    let bot = token(&script, Arc::new(Shelf::default()), &clock);
    let ended = bot.current().await.unwrap();
    let all = futures_util::future::join_all((0..20).map(|_| bot.instead_of(&ended))).await;
    assert!(all.into_iter().all(|token| token.unwrap().expose() == "xoxe.xoxb-1-1"));
    assert_eq!(script.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_another_process_renewed_is_taken() {
    let clock = Arc::new(ManualClock::new());
    let shelf = Arc::new(Shelf::default());
    let bot = token(&Script::new([]), Arc::clone(&shelf) as _, &clock);
    let ended = bot.current().await.unwrap();
    let expires = clock.now().after(12 * HOUR);
    let other = BotTokens::new("xoxe.xoxb-1-7".to_owned(), "xoxe-1-7".to_owned(), expires);
    shelf.save(&other).await.unwrap();
    assert_eq!(bot.instead_of(&ended).await.unwrap().expose(), "xoxe.xoxb-1-7");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_goes_away_takes_no_tokens_with_it() {
    let clock = Arc::new(ManualClock::new());
    let shelf = Arc::new(Shelf::default());
    // The first try fails, so that the renewal is under way when the call goes away.
    let script = Script::new([breaks(), renewed(1)]);
    let bot = token(&script, Arc::clone(&shelf) as _, &clock);
    let ended = bot.current().await.unwrap();
    let gone = tokio::time::timeout(Duration::from_millis(100), bot.instead_of(&ended)).await;
    assert!(gone.is_err());
    assert_eq!(bot.current().await.unwrap().expose(), "xoxe.xoxb-1-1");
    assert_eq!(shelf.access().as_deref(), Some("xoxe.xoxb-1-1"));
}

#[tokio::test(start_paused = true)]
async fn tokens_that_could_not_be_saved_are_used_and_saved_later() {
    let clock = Arc::new(ManualClock::new());
    let shelf = Arc::new(Shelf::default());
    *shelf.broken.lock().unwrap() = true;
    let script = Script::new([renewed(1)]);
    let bot = token(&script, Arc::clone(&shelf) as _, &clock);
    let ended = bot.current().await.unwrap();
    assert_eq!(bot.instead_of(&ended).await.unwrap().expose(), "xoxe.xoxb-1-1");
    assert_eq!(shelf.access(), None);
    *shelf.broken.lock().unwrap() = false;
    tokio::time::advance(Duration::from_secs(31)).await;
    assert_eq!(bot.current().await.unwrap().expose(), "xoxe.xoxb-1-1");
    assert_eq!(shelf.access().as_deref(), Some("xoxe.xoxb-1-1"));
}

#[tokio::test(start_paused = true)]
async fn one_that_still_lives_is_used_while_renewal_fails() {
    let clock = Arc::new(ManualClock::new());
    let shelf = Shelf::with("xoxe.xoxb-1-0", "xoxe-1-first", clock.now().after(HOUR / 2));
    let script = Script::new([refuses("invalid_refresh_token"), refuses("invalid_refresh_token")]);
    let bot = token(&script, shelf, &clock);
    assert_eq!(bot.current().await.unwrap().expose(), "xoxe.xoxb-1-0");
    // It is not asked again at once.
    assert_eq!(bot.current().await.unwrap().expose(), "xoxe.xoxb-1-0");
    assert_eq!(script.asked().len(), 1);
    clock.advance(HOUR);
    tokio::time::advance(Duration::from_secs(31)).await;
    assert!(matches!(bot.current().await, Err(Error::NotRenewed(_))));
}

#[tokio::test(start_paused = true)]
async fn while_a_renewal_pauses_an_outage_is_still_an_outage() {
    let clock = Arc::new(ManualClock::new());
    let shelf = Shelf::with("xoxe.xoxb-1-0", "xoxe-1-first", clock.now());
    let page = || Error::Unreadable { method: "oauth.v2.access", why: "it is a page" };
    let script = Script::new([Reply::Fails(page()), renewed(1)]);
    let bot = token(&script, shelf, &clock);
    for _ in 0..2 {
        let error = bot.current().await.unwrap_err();
        assert!(error.may_pass(), "{error}");
    }
    assert_eq!(script.asked().len(), 1, "it is not asked again at once");
    tokio::time::advance(Duration::from_secs(31)).await;
    assert_eq!(bot.current().await.unwrap().expose(), "xoxe.xoxb-1-1");
}

#[tokio::test(start_paused = true)]
async fn an_app_installed_anew_goes_on_with_the_new_tokens() {
    let clock = Arc::new(ManualClock::new());
    let shelf = Shelf::with("xoxe.xoxb-1-0", "xoxe-1-0", clock.now());
    let script = Script::new([refuses("invalid_refresh_token"), renewed(1)]);
    let bot = token(&script, shelf, &clock);
    assert_eq!(bot.current().await.unwrap().expose(), "xoxe.xoxb-1-1");
    assert_eq!(script.asked()[1].body["refresh_token"], "xoxe-1-first");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_bots_token_is_not_taken() {
    let good = json!({
        "ok": true, "token_type": "bot", "expires_in": 43200,
        "access_token": "xoxe.xoxb-1-1", "refresh_token": "xoxe-1-1",
    });
    for (key, value) in [
        ("token_type", json!("user")),
        ("expires_in", json!(0)),
        ("expires_in", json!(u64::MAX)),
        ("access_token", json!("xoxe.xoxp-1-1")),
        ("refresh_token", json!("")),
    ] {
        let mut bad = good.clone();
        bad[key] = value;
        let script = Script::new([says(bad)]);
        let bot = token(&script, Arc::new(Shelf::default()), &Arc::new(ManualClock::new()));
        let ended = bot.current().await.unwrap();
        assert!(matches!(bot.instead_of(&ended).await, Err(Error::NotRenewed(_))), "{key}");
    }
}

#[tokio::test]
async fn a_file_keeps_tokens_to_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens");
    let file = TokenFile::new(&path);
    assert!(file.load().await.unwrap().is_none());
    let tokens = BotTokens::new("xoxe.xoxb-1".to_owned(), "xoxe-1".to_owned(), Timestamp::MAX);
    file.save(&tokens).await.unwrap();
    file.save(&tokens).await.unwrap();
    let loaded = file.load().await.unwrap().unwrap();
    assert_eq!(loaded.access.expose(), "xoxe.xoxb-1");
    assert_eq!(loaded.refresh.expose(), "xoxe-1");
    assert_eq!(loaded.expires, Timestamp::MAX);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(file.load().await.is_err());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    std::fs::write(&path, "{\"access\":\"xoxe.xoxb-1\"").unwrap();
    assert!(!file.load().await.unwrap_err().to_string().contains("xoxb"));
}

#[test]
fn nothing_prints_a_token() {
    let tokens = BotTokens::new("xoxe.xoxb-1".to_owned(), "xoxe-1".to_owned(), Timestamp::MAX);
    let rotation = rotation(Arc::new(Shelf::default()));
    let printed = format!("{tokens:?} {rotation:?}");
    assert!(!printed.contains("xox") && !printed.contains("hush"), "{printed}");
}
