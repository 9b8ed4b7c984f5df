//! One test suite per pluggable trait of guardrail.
