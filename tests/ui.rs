//! What the compiler says about each mistake with the attribute: one file a mistake, in `tests/ui/`.
//!
//! `TRYBUILD=overwrite cargo test --test ui` writes the messages anew; read the diff.

#[test]
fn every_mistake_is_told_with_its_way_out() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
