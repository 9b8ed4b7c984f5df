//! One fact as rich text: its label, its value in a frame where it is somebody else's, and what is
//! to be said of it.

use guardrail_core::view::{Fact, FactKind, Run, Trust};

use super::error::Error;
use super::measure::{BLOCK, cost, parts};
use super::pack::Piece;
use super::part::{code, framed, line, link, words};

/// The groups of pieces of one fact; several where its value is too long for one block.
pub(super) fn groups(fact: &Fact) -> Result<Vec<Vec<Piece>>, Error> {
    let (ours, theirs) = split(fact);
    let Some(theirs) = theirs else {
        return Ok(vec![plain_line(fact, &ours)?]);
    };
    let values = parts(&theirs, BLOCK);
    let mut groups = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        let of = (values.len() > 1).then(|| format!(" · part {} of {}", index + 1, values.len()));
        let mut group =
            vec![head(fact, &ours, of.as_deref())?, Piece::new(framed(value)?, &[value])];
        if index == 0 {
            group.extend(notice(fact)?);
        }
        groups.push(group);
    }
    Ok(groups)
}

/// What guardrail and the directory say, for the line; and what somebody else does, for the frame.
fn split(fact: &Fact) -> (String, Option<String>) {
    if !fact.is_untrusted() {
        return (fact.text(), None);
    }
    if !matches!(fact.kind(), FactKind::Vote | FactKind::Decision) {
        return (String::new(), Some(fact.text()));
    }
    // Who voted or decided is known; what they said stands in the frame, without our marks.
    let runs = fact.runs();
    let first = runs.iter().position(|run| run.trust() == Trust::Untrusted).unwrap_or(0);
    let (ours, theirs) = runs.split_at_checked(first).unwrap_or((&[], runs));
    let text = |runs: &[Run]| runs.iter().map(Run::text).collect::<String>();
    let (ours, theirs) = (text(ours), text(theirs));
    let ours = ours.strip_suffix('"').unwrap_or(&ours).trim_end_matches([' ', ':']);
    (ours.to_owned(), Some(theirs.strip_suffix('"').unwrap_or(&theirs).to_owned()))
}

/// The line above a framed value.
fn head(fact: &Fact, ours: &str, of: Option<&str>) -> Result<Piece, Error> {
    let label = fact.label().text();
    let mut elements = vec![if fact.label().trust() == Trust::Untrusted {
        code(label)?
    } else {
        words(&sign(fact, label), true)?
    }];
    if !ours.is_empty() {
        elements.push(words(&format!(" {ours}"), false)?);
    }
    if let Some(of) = of {
        elements.push(words(of, false)?);
    }
    Ok(Piece::new(line(elements)?, &[label, ours, of.unwrap_or_default()]))
}

/// A fact of ours, the policy's or the directory's in one line.
fn plain_line(fact: &Fact, text: &str) -> Result<Vec<Piece>, Error> {
    let label = fact.label().text();
    let mut elements = vec![words(&sign(fact, label), true)?, words(" ", false)?];
    elements.push(match fact.link() {
        Some(url) => link(url, text)?,
        None => words(text, false)?,
    });
    let mut group = vec![Piece::new(line(elements)?, &[label, text])];
    group.extend(notice(fact)?);
    Ok(group)
}

/// What a reader should know of the value: that it is cut, its length and hash, warnings.
fn notice(fact: &Fact) -> Result<Option<Piece>, Error> {
    let Some(notice) = fact.notice() else { return Ok(None) };
    let text = format!("⚠ {notice}");
    Ok(Some(Piece::new(line(vec![words(&text, false)?])?, &[&text])))
}

fn sign(fact: &Fact, label: &str) -> String {
    match fact.icon() {
        Some(icon) => format!("{icon} {label}:"),
        None => format!("{label}:"),
    }
}

/// A fact as a field of a section, two lines; `None` where it has more to say than that.
pub(super) fn field(fact: &Fact) -> Option<String> {
    let text = format!("{}\n{}", fact.label().text(), fact.text());
    let small = cost(&text) <= super::measure::FIELD && fact.notice().is_none();
    let own_label = fact.label().trust() == Trust::Own;
    (small && own_label && !fact.text().contains('\n')).then_some(text)
}
