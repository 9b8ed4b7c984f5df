//! The policies by behaviour.
