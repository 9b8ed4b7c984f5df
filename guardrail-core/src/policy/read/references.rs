//! Reads what reviewers can look up: `references` and `controls`.

use crate::model::Reference;
use crate::policy::read::node::{Node, Text};
use crate::policy::read::show::shown;
use crate::policy::report::Report;

/// Most references, and most controls, of one policy.
const LIMIT: usize = 32;
/// Most bytes of a title or a control.
const TITLE_LIMIT: usize = 128;
/// Most bytes of a URL.
const URL_LIMIT: usize = 2048;

pub(super) fn references(policy: &Node<'_>, report: &mut Report) -> Vec<Reference> {
    let mut references = Vec::new();
    let entries = policy.list("references", report).unwrap_or_default();
    few(policy, "references", entries.len(), report);
    for entry in entries.into_iter().take(LIMIT) {
        let key = Text { at: entry.span().start, text: "references" };
        let Some(node) = policy.node(key, entry, report) else { continue };
        node.know(&["title", "url"], &[], report);
        for missing in ["title", "url"].into_iter().filter(|key| node.at(key).is_none()) {
            report.add(node.at, node.key(missing), "a reference needs a title and a url");
        }
        let title = node.prose("title", TITLE_LIMIT, report);
        let url = node.prose("url", URL_LIMIT, report).filter(|Text { at, text: url }| {
            let web = is_web(url);
            if !web {
                let what = format!("`{}` is no web address, `https://..`", shown(url));
                report.add(*at, node.key("url"), what);
            }
            web
        });
        if let (Some(title), Some(url)) = (title, url) {
            references.push(Reference { title: title.text.to_owned(), url: url.text.to_owned() });
        }
    }
    references
}

pub(super) fn controls(policy: &Node<'_>, report: &mut Report) -> Vec<String> {
    let controls = policy.texts("controls", report).unwrap_or_default();
    few(policy, "controls", controls.len(), report);
    for Text { at, text } in &controls {
        if text.trim().is_empty() || text.len() > TITLE_LIMIT || text.chars().any(char::is_control)
        {
            let what = format!("`{}` is no name of a control, like `SOC2:CC8.1`", shown(text));
            report.add(*at, policy.key("controls"), what);
        }
    }
    controls.into_iter().map(|control| control.text.to_owned()).collect()
}

fn few(policy: &Node<'_>, key: &str, count: usize, report: &mut Report) {
    if count > LIMIT {
        let at = policy.at(key).unwrap_or(policy.at);
        report.add(at, policy.key(key), format!("there are {count} of them, at most {LIMIT}"));
    }
}

/// Nothing but a link to a page: a script or a file is none.
fn is_web(url: &str) -> bool {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
        && url.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'"'))
}
