//! The smallest parts of a message: texts that are safe in the field they stand in.

use slackblocks::{
    MarkdownText, PlainText, RichTextBlockElement, RichTextCodeBlock, RichTextLink,
    RichTextSection, RichTextSectionElement, RichTextStyle, RichTextText, RichTextUserGroup,
    ValidationError,
};

use guardrail_core::clock::Timestamp;

/// Escapes what Slack reads as markup in every text, plain text included; it shows them as they
/// were.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Plain text: nothing in it is followed, and `:name:` is no emoji.
pub(super) fn plain(text: &str) -> Result<PlainText, ValidationError> {
    PlainText::builder().text(escaped(text)).emoji(false).build()
}

/// A time in the reader's zone. The only markup there is, of our digits and words.
pub(super) fn moment(label: &str, time: Timestamp) -> Result<MarkdownText, ValidationError> {
    let seconds = time.as_micros().div_euclid(1_000_000);
    let text = time.to_string();
    // 2026-09-21T09:14:02.000000Z
    let (day, rest) = text.split_once('T').unwrap_or((&text, ""));
    let clock = rest.split('.').next().unwrap_or_default();
    let date = format!("<!date^{seconds}^{{date_short}} {{time_secs}}|{day} {clock} UTC>");
    MarkdownText::builder().text(format!("{label}\n{date}")).verbatim(true).build()
}

/// Words of ours or of the policy, bold or not.
pub(super) fn words(text: &str, bold: bool) -> Result<RichTextSectionElement, ValidationError> {
    let mut element = RichTextText::builder().text(some(text));
    if bold {
        element = element.style(RichTextStyle::new().bold(true));
    }
    Ok(element.build()?.into())
}

/// A short text of somebody else within a line, in the style of code.
pub(super) fn code(text: &str) -> Result<RichTextSectionElement, ValidationError> {
    let style = RichTextStyle::new().code(true);
    Ok(RichTextText::builder().text(some(text)).style(style).build()?.into())
}

/// An address of the policy file that can be followed.
pub(super) fn link(url: &str, text: &str) -> Result<RichTextSectionElement, ValidationError> {
    Ok(RichTextLink::builder().url(url).text(some(text)).build()?.into())
}

/// The people of a user group hear of it.
pub(super) fn mention(group: &str) -> Result<RichTextSectionElement, ValidationError> {
    Ok(RichTextUserGroup::builder().usergroup_id(group).build()?.into())
}

/// A line of such elements.
pub(super) fn line(
    elements: Vec<RichTextSectionElement>,
) -> Result<RichTextBlockElement, ValidationError> {
    Ok(RichTextSection::builder().elements(elements).build()?.into())
}

/// A text in a frame of its own that nothing in it can leave.
pub(super) fn framed(text: &str) -> Result<RichTextBlockElement, ValidationError> {
    let text = RichTextText::builder().text(some(text)).build()?;
    Ok(RichTextCodeBlock::builder().element(text).build()?.into())
}

/// Slack refuses empty texts.
fn some(text: &str) -> &str {
    if text.is_empty() { "⟨empty⟩" } else { text }
}
