//! What a payload stands for: text, bytes, a value, or a recipe that is followed when it runs.

use serde_json::Value;

use crate::words::Enc;

/// A payload, as its encoding says.
#[derive(Clone, Debug)]
pub(crate) enum Payload {
    Text(String),
    Bytes(Vec<u8>),
    /// A value of several parts, given where text was expected.
    Value(Value),
    Gen(Gen),
    /// A request of a network; who receives it reads it.
    Http,
    Toml(String),
    Pair {
        requester: String,
        approver: String,
    },
    Steps(Vec<String>),
}

/// A recipe, named by the word `gen`.
#[derive(Clone, Debug)]
pub(crate) enum Gen {
    Repeat {
        prefix: String,
        unit: String,
        count: usize,
        suffix: String,
    },
    Nest {
        open: String,
        inner: String,
        close: String,
        depth: usize,
    },
    Object {
        keys: usize,
        prefix: String,
        last: Option<Value>,
    },
    /// A `serde_json::Value` made by code, beyond every parser's limit.
    InCode {
        shape: Shape,
        depth: usize,
        op: Op,
    },
    /// What only a network can send: slow bodies, many headers, compressed bodies.
    Network,
}

/// What the containers of a value made by code are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Array,
    Object,
}

/// What somebody does with a value made by code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Serialise,
    Debug,
    /// Something else, which only the body would do: clone it, compare it, drop it.
    InBody,
}

impl Payload {
    pub(crate) fn read(enc: Enc, value: Value) -> Result<Self, String> {
        match (enc, value) {
            (Enc::Text, Value::String(text)) => Ok(Self::Text(text)),
            (Enc::Text, value) => Ok(Self::Value(value)),
            (Enc::Hex, Value::String(hex)) => bytes(&hex).map(Self::Bytes),
            (Enc::Toml, Value::String(text)) => Ok(Self::Toml(text)),
            (Enc::Http, Value::Object(_)) => Ok(Self::Http),
            (Enc::Gen, value) => Gen::read(&value).map(Self::Gen),
            (Enc::Pair, value) => {
                let party = |name: &str| match value.get(name) {
                    Some(Value::String(text)) => Ok(text.clone()),
                    Some(Value::Null) => Ok(String::new()),
                    _ => Err(format!("a pair has a `{name}`")),
                };
                Ok(Self::Pair { requester: party("requester")?, approver: party("approver")? })
            }
            (Enc::Steps, Value::Array(steps)) => {
                let steps = steps.iter().map(|step| step.as_str().map(str::to_owned));
                let steps: Option<Vec<String>> = steps.collect();
                steps.filter(|steps| !steps.is_empty()).map(Self::Steps).ok_or_else(|| {
                    "steps are a list of texts, and there is at least one".to_owned()
                })
            }
            (enc, value) => {
                let kind = match value {
                    Value::Object(_) => "an object",
                    Value::Array(_) => "an array",
                    Value::String(_) => "text",
                    _ => "neither text nor container",
                };
                Err(format!("a payload of enc `{}` cannot be {kind}", enc.word()))
            }
        }
    }

    /// The payload as text, where it is or makes one.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) | Self::Toml(text) => Some(text.clone()),
            Self::Bytes(bytes) => String::from_utf8(bytes.clone()).ok(),
            Self::Value(value) => Some(value.to_string()),
            Self::Gen(recipe) => recipe.text(),
            Self::Http | Self::Pair { .. } | Self::Steps(_) => None,
        }
    }

    /// The payload as bytes.
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Some(bytes.clone()),
            other => other.text().map(String::into_bytes),
        }
    }
}

fn bytes(hex: &str) -> Result<Vec<u8>, String> {
    let digits: Option<Vec<u32>> = hex.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2));
    let digits = digits.ok_or("hex is an even number of hexadecimal digits")?;
    Ok(digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect())
}

impl Gen {
    fn read(value: &Value) -> Result<Self, String> {
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let number = |name: &str| {
            let number = value[name].as_u64().and_then(|number| usize::try_from(number).ok());
            number.ok_or_else(|| format!("the recipe has no number `{name}`"))
        };
        let recipe = value["gen"].as_str().ok_or("a recipe says its `gen`")?;
        Ok(match recipe {
            "repeat" => Self::Repeat {
                prefix: text("prefix"),
                unit: text("unit"),
                count: number("count")?,
                suffix: text("suffix"),
            },
            "nest" => Self::Nest {
                open: text("open"),
                inner: ["inner", "core", "middle", "leaf", "value"]
                    .map(text)
                    .into_iter()
                    .find(|inner| !inner.is_empty())
                    .unwrap_or_default(),
                close: text("close"),
                depth: number("depth").or_else(|_| number("count"))?,
            },
            "object" => Self::Object {
                keys: number("keys")?,
                prefix: text("key_prefix"),
                last: value.get("last").cloned(),
            },
            "value_built_in_code" => Self::InCode {
                shape: match value["shape"].as_str() {
                    Some("array") | None => Shape::Array,
                    Some("object" | "map") => Shape::Object,
                    Some(other) => return Err(format!("no value is built of shape `{other}`")),
                },
                depth: number("depth")?,
                op: match value["op"].as_str() {
                    Some("serialise" | "serialize") | None => Op::Serialise,
                    Some("debug" | "Debug" | "format" | "display" | "print") => Op::Debug,
                    Some(_) => Op::InBody,
                },
            },
            name if ["header", "slow", "gzip", "deflate", "chunk", "connection", "websocket"]
                .iter()
                .any(|word| name.contains(word)) =>
            {
                Self::Network
            }
            other => {
                return Err(format!(
                    "no recipe is called `{other}`; write it in payload.rs, beside `repeat`, `nest`, \
                     `object` and `value_built_in_code`"
                ));
            }
        })
    }

    /// What the recipe makes, where that is text.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Repeat { prefix, unit, count, suffix } => {
                Some(format!("{prefix}{}{suffix}", unit.repeat(*count)))
            }
            Self::Nest { open, inner, close, depth } => {
                // A member needs a value; a recipe that names none means any.
                let inner = match inner.as_str() {
                    "" if open.trim_end().ends_with(':') => "null",
                    inner => inner,
                };
                Some(format!("{}{inner}{}", open.repeat(*depth), close.repeat(*depth)))
            }
            Self::Object { keys, prefix, last } => {
                let mut text = String::from("{");
                for key in 0..*keys {
                    let comma = if key == 0 { "" } else { "," };
                    text.push_str(&format!("{comma}\"{prefix}{key}\":{key}"));
                }
                if let Some(Value::Object(last)) = last {
                    for (name, value) in last {
                        let comma = if text.len() > 1 { "," } else { "" };
                        text.push_str(&format!("{comma}{}:{value}", Value::from(name.as_str())));
                    }
                }
                text.push('}');
                Some(text)
            }
            Self::InCode { .. } | Self::Network => None,
        }
    }
}
