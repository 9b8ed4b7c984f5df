//! Payloads of Slack, as any stranger could send them: read or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _is_one = guardrail_slack::decode_any(bytes);
});
