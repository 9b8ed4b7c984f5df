//! The attribute `#[requires_approval]`: an async function whose body runs only once people agreed.
//!
//! The attribute is documented where it is re-exported, as `guardrail::requires_approval`. Read from
//! `expand`: it parses the arguments and the item, collects every mistake, and writes
//! the guarded function. The code it writes calls `guardrail::__private` and nothing else.

mod args;
mod capture;
mod errors;
mod expand;
mod future;
mod guard;
mod item;
mod neighbours;
mod signature;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Guards an async function: its body starts only after a decision that is on record.
#[proc_macro_attribute]
pub fn requires_approval(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(args.into(), item.into()).into()
}
