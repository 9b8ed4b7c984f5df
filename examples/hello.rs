//! Teaches the smallest whole program: one guarded function, and whoever sits at the terminal.

#![expect(clippy::print_stdout, reason = "an example talks to whoever runs it")]

use guardrail::{Guardrail, requires_approval};

/// Everything that must not happen unasked goes in here.
#[requires_approval(policy = "greetings", summary = "greet {name}")]
async fn greet(name: &str) -> Result<String, guardrail::Error> {
    Ok(format!("Hello, {name}!"))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Nothing is configured: a debug build asks at the terminal and keeps its log in ./.guardrail.
    Guardrail::builder().build().await?.install()?;
    match greet("world").await {
        Ok(greeting) => println!("{greeting}"),
        Err(refusal) => println!("{refusal}"),
    }
    Ok(())
}
