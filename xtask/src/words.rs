//! A Rust file as a flat list of its tokens: comments gone, strings opaque, each with its line.

use std::rc::Rc;

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

/// One token and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    /// An identifier, a bracket, or one punctuation mark, except that `::` is one word.
    pub(crate) text: String,
    /// One-based.
    pub(crate) line: usize,
    /// Inside something that is compiled for tests only.
    pub(crate) test: bool,
    /// The module it stands in, inline modules included.
    pub(crate) module: Rc<Vec<String>>,
}

/// What holds for the words of one group.
#[derive(Clone)]
struct Place {
    test: bool,
    module: Rc<Vec<String>>,
}

/// What an attribute or a `mod` says about the block that follows it.
#[derive(Default)]
struct Ahead {
    test: bool,
    module: Option<String>,
}

/// Reads a file that stands for `module` of its crate.
pub(crate) fn read(text: &str, module: Vec<String>) -> Result<Vec<Word>, String> {
    let tokens: TokenStream = text.parse().map_err(|e| format!("{e}"))?;
    let mut words = Vec::new();
    flatten(tokens, &Place { test: false, module: Rc::new(module) }, &mut words);
    Ok(words)
}

fn flatten(tokens: TokenStream, place: &Place, words: &mut Vec<Word>) {
    let mut ahead = Ahead::default();
    let mut previous = String::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let line = token.span().start().line;
        let text = match token {
            TokenTree::Group(group) => {
                if previous == "#" {
                    ahead.test |= compiles_for_tests(&group);
                }
                flatten_group(&group, place, &mut ahead, words);
                previous.clear();
                continue;
            }
            TokenTree::Ident(name) => name.to_string(),
            TokenTree::Literal(_) => "\"".to_owned(),
            TokenTree::Punct(mark) if mark.as_char() == ':' && mark.spacing() == Spacing::Joint => {
                let second = tokens
                    .next_if(|next| matches!(next, TokenTree::Punct(p) if p.as_char() == ':'));
                if second.is_some() { "::" } else { ":" }.to_owned()
            }
            TokenTree::Punct(mark) => mark.as_char().to_string(),
        };
        if previous == "mod" {
            ahead.module = Some(text.clone());
        }
        if text == ";" {
            ahead = Ahead::default();
        }
        words.push(place.word(&text, line));
        previous = text;
    }
}

fn flatten_group(group: &Group, place: &Place, ahead: &mut Ahead, words: &mut Vec<Word>) {
    let (open, close) = match group.delimiter() {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    };
    let mut inside = place.clone();
    if group.delimiter() == Delimiter::Brace {
        let ahead = std::mem::take(ahead);
        inside.test |= ahead.test;
        if let Some(module) = ahead.module {
            inside.module = Rc::new(place.module.iter().cloned().chain([module]).collect());
        }
    }
    words.push(place.word(open, group.span_open().start().line));
    flatten(group.stream(), &inside, words);
    words.push(place.word(close, group.span_close().start().line));
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]`, `#[cfg(all(test, ..))]`; not `#[cfg(not(test))]`.
fn compiles_for_tests(attribute: &Group) -> bool {
    let mut words = Vec::new();
    flatten(attribute.stream(), &Place { test: false, module: Rc::default() }, &mut words);
    let has = |name: &str| words.iter().any(|word| word.text == name);
    has("test") && !has("not") && !has("cfg_attr")
}

// ===== impl Place =====

impl Place {
    fn word(&self, text: &str, line: usize) -> Word {
        Word { text: text.to_owned(), line, test: self.test, module: Rc::clone(&self.module) }
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn comments_and_strings_hold_no_words() {
        let words = read("// todo!()\n/// todo!()\nfn f() { g(\"todo!()\") }", Vec::new())
            .unwrap_or_default();
        assert!(words.iter().any(|word| word.text == "g"));
        assert!(!words.iter().any(|word| word.text == "todo"));
    }

    #[test]
    fn a_word_knows_its_line_module_and_whether_it_is_a_test() {
        let text = "#[cfg(not(test))]\nfn a() { b }\n#[cfg(test)]\nmod tests {\n fn c() {}\n}\n#[tokio::test]\nasync fn d() { e }";
        let words = read(text, vec!["desk".into()]).unwrap_or_default();
        let found = |name: &str| {
            let word = words.iter().find(|word| word.text == name);
            word.map(|word| (word.line, word.test, word.module.join("::")))
        };
        assert_eq!(found("b"), Some((2, false, "desk".into())));
        assert_eq!(found("c"), Some((5, true, "desk::tests".into())));
        assert_eq!(found("e"), Some((8, true, "desk".into())));
    }
}
