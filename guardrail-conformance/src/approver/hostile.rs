//! Whatever an agent sends reaches people as text they can read, or not at all.

use guardrail_core::model::Intent;

use super::bed::Bed;
use super::{ApproverFactory, Play};
use crate::broken::{Broken, ensure};

/// Texts that would hide, turn, overwrite or forge; and a part of each that must be readable.
const TEXTS: [(&str, &str); 6] = [
    ("\u{1b}[2J\u{1b}[Hrm -rf /", "U+001B"),
    ("safe\rrm -rf /", "U+000D"),
    ("invoice_\u{202e}fdp.exe", "U+202E"),
    ("pay\u{200b}pal\u{feff}", "U+200B"),
    ("\u{e0061}\u{e0070}\u{e0070}rove", "U+E0061"),
    ("a\u{9b}2Jb\u{0}c", "U+009B"),
];

/// No code point that hides, turns or commands reaches a person as it is; each is shown by number.
pub(super) async fn hostile_text_reaches_nobody_as_it_is<F: ApproverFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    for (text, shown) in TEXTS {
        let scene = bed.scene(Play::Nothing).await?;
        let intent = Intent::builder("deploy").policy("one").arg("plan", text).reason(text);
        let call = scene.call(intent);
        scene.until_shown(shown).await?;
        let screen = scene.shown();
        let hidden = screen.chars().find(|c| is_hidden(*c));
        ensure!(hidden.is_none(), "{hidden:?} reaches a person:\n{screen}");
        call.abort();
        scene.approver.ended(1).await;
    }
    Ok(())
}

/// A request as large as may be still reaches a person who can say no to it.
pub(super) async fn a_request_as_large_as_may_be_can_be_denied<F: ApproverFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let scene = bed.scene(Play::Deny("too much".to_owned())).await?;
    let intent = (0..100).fold(Intent::builder("deploy").policy("one"), |intent, n| {
        intent.arg(format!("option_{n}"), &"\u{202e}".repeat(500))
    });
    let intent = intent.reason("please ".repeat(500)).preview("+ line\n".repeat(8_000));
    let end = scene.end(scene.call(intent)).await?;
    ensure!(end.is_err(), "it ran");
    let votes = scene.votes().await?;
    let reasons: Vec<_> = votes.iter().map(|vote| vote.reason.as_deref()).collect();
    ensure!(reasons == [Some("too much")], "it was not alice who denied: {end:?}");
    Ok(())
}

/// Controls other than line breaks, what turns text, and what has no glyph.
fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c,
            '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{2065}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}
