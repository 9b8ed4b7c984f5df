//! One table of the file, read key by key; whatever has the wrong type is a mistake.

use std::collections::HashSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::policy::read::{show, words};
use crate::policy::report::Report;

/// What most values are.
const TEXT: &str = "text in quotes";

/// A table, where it stands, and the keys that lead to it.
#[derive(Debug)]
pub(super) struct Node<'d> {
    pub(super) at: usize,
    pub(super) path: String,
    table: &'d DeTable<'d>,
}

/// Text of the file, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text<'d> {
    pub(super) at: usize,
    pub(super) text: &'d str,
}

impl<'d> Node<'d> {
    pub(super) fn root(table: &'d DeTable<'d>) -> Self {
        Self { at: 0, path: String::new(), table }
    }

    /// The path of a key of this table.
    pub(super) fn key(&self, name: &str) -> String {
        let name = show::key(name);
        if self.path.is_empty() { name } else { format!("{}.{name}", self.path) }
    }

    /// Reports every key that is none of `known`.
    pub(super) fn know(&self, known: &[&str], later: &[&str], report: &mut Report) {
        for (key, _) in self.table {
            if !report.is_full() && !known.contains(&&**key.get_ref()) {
                let what = words::unknown(key.get_ref(), known, later);
                report.add(key.span().start, self.key(key.get_ref()), what);
            }
        }
    }

    /// All keys with their values, in the order of the file.
    pub(super) fn entries(&self) -> Vec<(Text<'d>, &'d Spanned<DeValue<'d>>)> {
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| (Text { at: key.span().start, text: key.get_ref() }, value))
            .collect();
        entries.sort_by_key(|(key, _)| key.at);
        entries
    }

    /// Where the key stands, if it does.
    pub(super) fn at(&self, name: &str) -> Option<usize> {
        self.table.get_key_value(name).map(|(key, _)| key.span().start)
    }

    pub(super) fn table(&self, name: &str, report: &mut Report) -> Option<Node<'d>> {
        let (key, value) = self.table.get_key_value(name)?;
        self.node(Text { at: key.span().start, text: key.get_ref() }, value, report)
    }

    /// The value of one of the `entries` as a table.
    pub(super) fn node(
        &self,
        key: Text<'d>,
        value: &'d Spanned<DeValue<'d>>,
        report: &mut Report,
    ) -> Option<Node<'d>> {
        let path = self.key(key.text);
        match value.get_ref() {
            DeValue::Table(table) => Some(Node { at: key.at, path, table }),
            other => wrong_type(value.span().start, &path, "a table", other, report),
        }
    }

    pub(super) fn text(&self, name: &str, report: &mut Report) -> Option<Text<'d>> {
        self.text_like(TEXT, name, report)
    }

    /// Text that is `right`, in the words of a message.
    pub(super) fn text_like(
        &self,
        right: &str,
        name: &str,
        report: &mut Report,
    ) -> Option<Text<'d>> {
        text(self.table.get(name)?, right, &self.key(name), report)
    }

    /// Text of up to `most` bytes, not empty, without control characters.
    pub(super) fn prose(&self, name: &str, most: usize, report: &mut Report) -> Option<Text<'d>> {
        let found @ Text { at, text } = self.text(name, report)?;
        let what = if text.trim().is_empty() {
            "must not be empty".to_owned()
        } else if text.len() > most {
            format!("must not be longer than {most} bytes")
        } else if text.chars().any(char::is_control) {
            "must not hold control characters".to_owned()
        } else {
            return Some(found);
        };
        report.add(at, self.key(name), what);
        None
    }

    pub(super) fn flag(&self, name: &str, report: &mut Report) -> Option<bool> {
        let value = self.table.get(name)?;
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            other => {
                let (at, key) = (value.span().start, self.key(name));
                wrong_type(at, &key, "`true` or `false`", other, report)
            }
        }
    }

    /// A whole number and where it stands. One that no `i128` holds is the largest.
    pub(super) fn number(&self, name: &str, report: &mut Report) -> Option<(usize, i128)> {
        let value = self.table.get(name)?;
        let at = value.span().start;
        match value.get_ref() {
            DeValue::Integer(number) => {
                let read = i128::from_str_radix(number.as_str(), number.radix());
                Some((at, read.unwrap_or(i128::MAX)))
            }
            other => wrong_type(at, &self.key(name), "a whole number", other, report),
        }
    }

    /// One of the words, as what it means.
    pub(super) fn choice<T: Copy>(
        &self,
        name: &str,
        words: &[(&'static str, T)],
        report: &mut Report,
    ) -> Option<T> {
        let word = self.text(name, report)?;
        choice(word, &self.key(name), words, report)
    }

    /// The entries of a list, `None` where there is no such key.
    pub(super) fn list(
        &self,
        name: &str,
        report: &mut Report,
    ) -> Option<Vec<&'d Spanned<DeValue<'d>>>> {
        let value = self.table.get(name)?;
        match value.get_ref() {
            DeValue::Array(entries) => Some(entries.iter().collect()),
            other => {
                let at = value.span().start;
                wrong_type::<()>(at, &self.key(name), "a list, `[..]`", other, report);
                Some(Vec::new())
            }
        }
    }

    /// Whether the key holds a list without entries.
    pub(super) fn is_empty_list(&self, name: &str) -> bool {
        let value = self.table.get(name).map(Spanned::get_ref);
        matches!(value, Some(DeValue::Array(entries)) if entries.is_empty())
    }

    /// One text, or a list of them.
    pub(super) fn one_or_more(&self, name: &str, report: &mut Report) -> Vec<Text<'d>> {
        match self.table.get(name).map(Spanned::get_ref) {
            Some(DeValue::Array(_)) => self.texts(name, report).unwrap_or_default(),
            _ => self.text(name, report).into_iter().collect(),
        }
    }

    /// The entries of a list of texts, no two alike; `None` where there is no such key.
    pub(super) fn texts(&self, name: &str, report: &mut Report) -> Option<Vec<Text<'d>>> {
        let key = self.key(name);
        let entries = self.list(name, report)?;
        let mut texts: Vec<Text<'d>> = Vec::with_capacity(entries.len());
        let mut seen = HashSet::new();
        for entry in entries {
            let Some(entry) = text(entry, TEXT, &key, report) else { continue };
            if !seen.insert(entry.text) {
                report.add(
                    entry.at,
                    &*key,
                    format!("`{}` stands here twice", show::shown(entry.text)),
                );
            } else {
                texts.push(entry);
            }
        }
        Some(texts)
    }
}

/// The value as text.
fn text<'d>(
    value: &'d Spanned<DeValue<'d>>,
    right: &str,
    key: &str,
    report: &mut Report,
) -> Option<Text<'d>> {
    let at = value.span().start;
    match value.get_ref() {
        DeValue::String(text) => Some(Text { at, text }),
        other => wrong_type(at, key, right, other, report),
    }
}

/// The word as what it means.
pub(super) fn choice<T: Copy>(
    word: Text<'_>,
    key: &str,
    words: &[(&'static str, T)],
    report: &mut Report,
) -> Option<T> {
    let found = words.iter().find(|(known, _)| *known == word.text).map(|(_, meaning)| *meaning);
    if found.is_none() {
        let known = words.iter().map(|(known, _)| *known);
        report.add(word.at, key, words::not_one_of(word.text, known));
    }
    found
}

fn wrong_type<T>(
    at: usize,
    key: &str,
    right: &str,
    value: &DeValue<'_>,
    report: &mut Report,
) -> Option<T> {
    let wrong = match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    report.add(at, key, format!("must be {right}, not {wrong}"));
    None
}
