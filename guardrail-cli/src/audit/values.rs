//! Redacted values, for people and for programs.

use guardrail_core::audit::sidecar::{Checked, Fate, Said};
use guardrail_core::model::RequestId;
use guardrail_core::view::{Budget, Style, columns, cut};
use serde_json::{Value, json};

use crate::error::Error;
use crate::out::Out;

/// Most columns of one place, name or reason, and of one value.
const TEXT: usize = 240;
const VALUE: usize = 4096;

/// One line for a value, below the line of its request. All text is safe.
pub(super) fn line(said: &Said, found: &Fate) -> String {
    let what = match found {
        Fate::Opened(opening) => safe(opening.expose(), VALUE),
        Fate::NotKept => "never kept".to_owned(),
        Fate::Erased(by) => {
            let (who, why, basis) =
                (safe(&by.by, TEXT), safe(&by.why, TEXT), safe(&by.basis, TEXT));
            format!("erased on {} by {who}: {why} ({basis})", by.time)
        }
        Fate::Flawed(flaw) => format!("PROBLEM: it {flaw}"),
    };
    format!("{:33}redacted {}: {what}", "", safe(&said.place, TEXT))
}

/// The same as an object.
pub(super) fn object(request: RequestId, said: &Said, found: &Fate) -> Value {
    let (state, more) = match found {
        Fate::Opened(opening) => ("opened", json!({ "value": opening.expose() })),
        Fate::NotKept => ("not_kept", json!({})),
        Fate::Erased(by) => (
            "erased",
            json!({
                "record": by.record.get(), "time": by.time, "by": by.by, "why": by.why,
                "basis": by.basis,
            }),
        ),
        Fate::Flawed(flaw) => ("flawed", json!({ "why": flaw.to_string() })),
    };
    let mut object = json!({ "request": request, "place": said.place, "state": state });
    if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
        object.extend(more);
    }
    json!({ "redacted": object })
}

/// What came of looking at all of them.
pub(super) fn checked(checked: &Checked, out: &mut Out) -> Result<(), Error> {
    let Checked { opened, erased, not_kept, missing, forged, still_there, unclaimed, .. } = checked;
    out.line(&format!(
        "redacted values: {opened} open their commitments, {erased} erased by a record, {not_kept} \
         never kept"
    ))?;
    if !checked.is_sound() {
        out.line(&format!(
            "PROBLEM: {missing} missing without a record, {forged} not what was committed to, \
             {still_there} still there though erased, {unclaimed} kept without a record"
        ))?;
    }
    for flawed in &checked.flaws {
        let (id, place) = (flawed.label.request, safe(&flawed.place, TEXT));
        out.line(&format!("  {id} {place}: it {}", flawed.flaw))?;
    }
    Ok(())
}

/// The same as an object.
pub(super) fn counts(checked: &Checked) -> Value {
    let flaws: Vec<Value> = checked
        .flaws
        .iter()
        .map(|flawed| {
            json!({
                "request": flawed.label.request,
                "commitment": flawed.label.commitment,
                "place": flawed.place,
                "why": flawed.flaw.to_string(),
            })
        })
        .collect();
    json!({
        "opened": checked.opened, "erased": checked.erased, "not_kept": checked.not_kept,
        "missing": checked.missing, "forged": checked.forged,
        "still_there": checked.still_there, "unclaimed": checked.unclaimed, "flaws": flaws,
    })
}

/// How many are not as the log says.
pub(super) fn wrong(checked: &Checked) -> Result<(), Error> {
    let Checked { missing, forged, still_there, unclaimed, .. } = checked;
    let wrong = [missing, forged, still_there, unclaimed].into_iter();
    match wrong.fold(0_u64, |sum, count| sum.saturating_add(*count)) {
        0 => Ok(()),
        count => Err(Error::Openings(count)),
    }
}

fn safe(text: &str, most: usize) -> String {
    cut(text, Style::LINE, &Budget::new(most, columns)).text()
}
