//! Arguments as one item a value, each with its way, so that no value hides behind another.

use std::borrow::Cow;

use super::cut::{Budget, characters, cut};
use super::fact::{Fact, FactKind};
use super::item::{Body, Grade, Item};
use super::piece::Part;
use super::style::Style;
use super::visible::visible;
use super::warning::{Warning, merge};
use crate::model::canonical::{Leaf, Piece, Step};
use crate::model::{Argument, Captured};

/// Most characters of a key that stand in a way; a longer one is shown once, before its values.
const KEY: usize = 32;

/// The items of one argument, in canonical order.
pub(super) fn items(argument: Argument<'_>, style: Style) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    let name = Shown::key(argument.name(), "", &mut items);
    match argument.captured() {
        Captured::Skipped => {
            items.push(said(&name, "left out by the developer, shown to nobody", true))
        }
        Captured::Unshowable => items.push(said(&name, "could not be captured", false)),
        Captured::Value | Captured::Debug | Captured::Redacted => {
            let mut way = Way { name, steps: Vec::new() };
            for (path, leaf) in argument.walk() {
                way.follow(path.steps(), &mut items);
                let mut item = way.item();
                if argument.captured() == Captured::Debug {
                    item.fact.remarks.push("as Debug prints it".into());
                }
                fill(&mut item, leaf, style);
                items.push(item);
            }
        }
    }
    items
}

/// A step as it is shown, with what is to be said of it.
#[derive(Debug, Clone)]
struct Shown {
    text: String,
    warnings: Vec<Warning>,
    masked: bool,
}

impl Shown {
    /// A name or key. A long one becomes an item of its own, and is named by its hash afterwards.
    fn key(key: &str, dot: &str, items: &mut Vec<Item<'_>>) -> Self {
        if is_word(key) && key.len() <= KEY {
            return Self::ours(format!("{dot}{key}"));
        }
        let quoted = key.replace('\\', "\\\\").replace('"', "\\\"");
        let shown = visible(&quoted, Style::LINE);
        if shown.text().chars().count() <= KEY {
            let text = format!("{dot}\"{}\"", shown.text());
            return Self { text, warnings: shown.warnings().to_vec(), masked: false };
        }
        let cut = cut(key, Style::LINE, &Budget::new(0, characters));
        let short = format!("⟨key {}, {} bytes⟩", cut.short_hash(), key.len());
        let fact = Fact::new(FactKind::Argument, "");
        let mut item = Item::text(fact, Grade::Argument, "", Style::LINE);
        item.label = vec![Part::Own(short.clone().into())];
        item.body = Some(Body {
            parts: vec![Part::Text(Cow::Owned(key.to_owned()))],
            style: Style::LINE,
            quoted: true,
        });
        items.push(item);
        Self::ours(format!("{dot}{short}"))
    }

    fn ours(text: String) -> Self {
        Self { text, warnings: Vec::new(), masked: false }
    }
}

/// The way to the leaf at hand; steps it shares with the leaf before are kept.
#[derive(Debug)]
struct Way<'a> {
    name: Shown,
    steps: Vec<(Step<'a>, Shown)>,
}

impl<'a> Way<'a> {
    fn follow(&mut self, path: &[Step<'a>], items: &mut Vec<Item<'_>>) {
        let same = self.steps.iter().zip(path).take_while(|((old, _), new)| old == *new).count();
        self.steps.truncate(same);
        for step in path.iter().skip(same) {
            let shown = match step {
                Step::Key(key) => Shown::key(key, ".", items),
                Step::Index(place) => Shown::ours(format!("[{place}]")),
                Step::MaskedKey { bytes, hmac } => Shown {
                    text: format!(".⟨masked key, {bytes} bytes, {hmac:.16}…⟩"),
                    warnings: Vec::new(),
                    masked: true,
                },
            };
            self.steps.push((step.clone(), shown));
        }
    }

    fn item<'b>(&self) -> Item<'b> {
        let mut item = named(&self.name);
        for (_, step) in &self.steps {
            add(&mut item, step);
        }
        item
    }
}

fn named<'b>(name: &Shown) -> Item<'b> {
    let mut item = Item::text(Fact::new(FactKind::Argument, ""), Grade::Argument, "", Style::LINE);
    item.body = None;
    add(&mut item, name);
    item
}

fn add(item: &mut Item<'_>, step: &Shown) {
    item.label.push(Part::Own(step.text.clone().into()));
    item.fact.masked |= step.masked;
    merge(&mut item.fact.warnings, &step.warnings);
}

fn said<'b>(name: &Shown, words: &str, skipped: bool) -> Item<'b> {
    let mut item = named(name);
    item.fact.runs.push(super::fact::Run::own(format!("⟨{words}⟩")));
    item.fact.skipped = skipped;
    // What could not be captured can be opened by nobody.
    item.fact.cut = !skipped;
    item
}

/// Gives the item the value of a leaf.
pub(super) fn fill<'a>(item: &mut Item<'a>, leaf: Leaf<'a>, style: Style) {
    let words = |text: &'a str| (vec![Part::Own(text.into())], false);
    let (parts, quoted) = match leaf {
        Leaf::Text(text) => (vec![Part::Text(text)], true),
        Leaf::Number(text) => (vec![Part::Text(text.into())], false),
        Leaf::Bool(true) => words("true"),
        Leaf::Bool(false) => words("false"),
        Leaf::Null => words("null"),
        Leaf::SomeNull(1) => words("Some(null)"),
        Leaf::SomeNull(deep) => (vec![Part::Own(format!("Some(null), {deep} deep").into())], false),
        Leaf::EmptyArray => words("[]"),
        Leaf::EmptyObject => words("{}"),
        Leaf::Secret { bytes, hmac } => {
            item.fact.masked = true;
            (vec![Part::Masked(bytes, hmac.into())], false)
        }
        Leaf::Mixed(pieces) => {
            item.fact.masked = true;
            (pieces.into_iter().map(part).collect(), true)
        }
        Leaf::Sealed { bytes } => {
            item.fact.masked = true;
            // Without a commitment nobody can say what was approved.
            item.fact.cut = true;
            (vec![Part::Masked(bytes, "".into())], false)
        }
    };
    item.body = Some(Body { parts, style, quoted });
}

fn part(piece: Piece<'_>) -> Part<'_> {
    match piece {
        Piece::Text(text) => Part::Text(text),
        Piece::Secret { bytes, hmac } => Part::Masked(bytes, hmac),
    }
}

/// Whether a key needs no quotes.
pub(super) fn is_word(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
