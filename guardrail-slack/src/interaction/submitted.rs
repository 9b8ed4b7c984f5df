//! A modal that was sent.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::error::DecodeError;
use super::id::{id, opaque};
use super::people::{Account, Common, Origin};
use crate::object::{self, Object};
use crate::token::{Carried, DENY, Page, REASON, REVIEW, Token, WORD};

/// Most characters of what a person types; our inputs take 3,000.
const TYPED: usize = 3_000;

/// Which modal of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The one that denies.
    Deny,
    /// A page of the request.
    Page(Page),
}

/// A modal of ours that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Submitted {
    pub(crate) origin: Origin,
    pub(crate) account: Account,
    pub(crate) form: Form,
    pub(crate) token: Token,
    /// What was typed as a reason; never empty.
    pub(crate) reason: Option<String>,
    /// What was typed where a word is asked for.
    pub(crate) word: Option<String>,
    /// Opens the next modal, once, within three seconds.
    pub(crate) trigger: String,
    /// The modal; one delivered twice has it twice.
    pub(crate) view: String,
}

#[derive(Deserialize)]
struct Payload {
    view: Object<View>,
}

#[derive(Deserialize)]
struct View {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    callback_id: String,
    private_metadata: String,
    app_id: Option<String>,
    state: Object<State>,
}

#[derive(Deserialize)]
struct State {
    /// By block, then by action: what each input holds.
    values: BTreeMap<String, BTreeMap<String, Object<Input>>>,
}

#[derive(Deserialize)]
struct Input {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    value: Option<String>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Submitted, DecodeError> {
    let common: Common = object::read(bytes).map_err(DecodeError::json)?;
    let payload: Payload = object::read(bytes).map_err(DecodeError::json)?;
    let (origin, account) = common.read()?;
    let mut view = payload.view.0;
    if view.kind != "modal" || view.app_id.as_ref().is_some_and(|app| *app != origin.app) {
        return Err(DecodeError::Shape("the view"));
    }
    let carried =
        Carried::parse(&view.private_metadata).ok_or(DecodeError::Shape("the metadata"))?;
    let form = match &*view.callback_id {
        DENY if carried.page == Page::ONLY => Form::Deny,
        REVIEW => Form::Page(carried.page),
        _ => return Err(DecodeError::Shape("the callback id")),
    };
    let reason = typed(&mut view.state.0, REASON)?.filter(|reason| !reason.trim().is_empty());
    let word = typed(&mut view.state.0, WORD)?;
    if !view.state.values.is_empty() {
        return Err(DecodeError::Shape("the inputs"));
    }
    Ok(Submitted {
        origin,
        account,
        form,
        token: carried.token,
        reason,
        word,
        trigger: opaque(&common.trigger_id, 256, "the trigger")?,
        view: id(&view.id, &['V'], "the view")?,
    })
}

/// Takes one input out of the state.
fn typed(state: &mut State, name: &str) -> Result<Option<String>, DecodeError> {
    let Some(mut block) = state.values.remove(name) else { return Ok(None) };
    let input = block.remove(name).ok_or(DecodeError::Shape("an input"))?;
    let long = input.value.as_ref().is_some_and(|text| text.chars().count() > TYPED);
    if !block.is_empty() || input.kind != "plain_text_input" || long {
        return Err(DecodeError::Shape("an input"));
    }
    Ok(input.0.value)
}
