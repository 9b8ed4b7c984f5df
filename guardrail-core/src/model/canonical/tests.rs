//! What the canonical form promises.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::*;
use crate::model::secret::{Salt, Secret};

fn text<T: Serialize + ?Sized>(value: &T) -> String {
    Canonical::of(value, &Bounds::default()).unwrap().as_str().to_owned()
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Unit,
    New(u8),
    Pair(u8, f32),
    Named { b: Option<i64>, a: String },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct All {
    zeta: f64,
    big: u128,
    small: i128,
    hash: String,
    shapes: Vec<Shape>,
    map: HashMap<u32, bool>,
    unit: (),
    letter: char,
    single: f32,
    none: Option<u8>,
}

#[test]
fn smoke() {
    let all = All {
        zeta: 1.0,
        big: u128::MAX,
        small: i128::MIN,
        hash: "#1.5\n\u{1}\"".into(),
        shapes: vec![
            Shape::Unit,
            Shape::New(3),
            Shape::Pair(1, 0.1),
            Shape::Named { b: Some(1 << 53), a: String::new() },
        ],
        map: HashMap::from([(10, true), (9, false)]),
        unit: (),
        letter: '#',
        single: 16_777_216.0,
        none: None,
    };
    let canonical = Canonical::of(&all, &Bounds::default()).unwrap();
    assert_eq!(
        canonical.as_str(),
        r###"{"big":"#340282366920938463463374607431768211455","hash":"##1.5\n\u0001\"","letter":"##","map":{"10":true,"9":false},"none":null,"shapes":["Unit",{"New":3},{"Pair":[1,"#0.1"]},{"Named":{"a":"","b":"#9007199254740992"}}],"single":"#16777216.0","small":"#-170141183460469231731687303715884105728","unit":null,"zeta":"#1.0"}"###
    );
    assert_eq!(canonical.read::<All>().unwrap(), all);
    assert_eq!(Canonical::parse(canonical.as_str()).unwrap(), canonical);
}

#[test]
fn mask_smoke() {
    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    struct Login {
        user: String,
        key: Secret<String>,
    }
    let login = Login { user: "bob".into(), key: Secret::new("hunter2".into()) };
    let canonical = Canonical::of(&login, &Bounds::default()).unwrap();
    assert_eq!(canonical.as_str(), r##"{"key":"#sealed:\"hunter2\"","user":"bob"}"##);
    assert_eq!(canonical.read::<Login>().unwrap(), login);
    let salt = Salt::from_bytes([7; 32]);
    let masked = canonical.mask(&salt, "login").unwrap();
    assert!(!masked.as_str().contains("hunter2"));
    assert!(masked.mask(&salt, "login").is_none());
    assert_eq!(masked.read::<Login>(), Err(ReadError::Masked));
    Canonical::parse(masked.as_str()).unwrap();
    let curl = "curl -H 'Authorization: Bearer abc#123def456' # https://u:p4ss@db/x";
    let canonical = Canonical::of(curl, &Bounds::default()).unwrap();
    let masked = canonical.mask(&salt, "command").unwrap();
    Canonical::parse(masked.as_str()).unwrap();
    assert_eq!(text(&json!({"b": 1, "a": [1.5, null]})), r##"{"a":["#1.5",null],"b":1}"##);
}
