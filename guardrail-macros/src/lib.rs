//! The attribute `#[requires_approval]`.
