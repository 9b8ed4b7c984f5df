//! Signed heads: what holds for all databases.

use super::shared::Database;
use crate::heads;

#[tokio::test]
async fn heads_come_with_the_records() {
    let Some(place) = Database::new() else { return };
    heads::heads_come_with_the_records(&place).await;
}

#[tokio::test]
async fn an_idle_log_is_covered() {
    let Some(place) = Database::new() else { return };
    heads::an_idle_log_is_covered(&place).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sign_one_log() {
    let Some(place) = Database::new() else { return };
    heads::two_sign_one_log(&place).await;
}

#[tokio::test]
async fn two_keys_sign_one_log() {
    let Some(place) = Database::new() else { return };
    heads::two_keys_sign_one_log(&place).await;
}

#[tokio::test]
async fn an_end_between_sign_and_publish() {
    let Some(place) = Database::new() else { return };
    heads::an_end_between_sign_and_publish(&place).await;
}

#[tokio::test]
async fn a_signer_that_fails_costs_no_append() {
    let Some(place) = Database::new() else { return };
    heads::a_signer_that_fails_costs_no_append(&place).await;
}

#[tokio::test]
async fn the_rules_of_heads() {
    let Some(place) = Database::new() else { return };
    heads::the_rules_of_heads(&place).await;
}
