//! Logs beside the model of their contract, and doubles that the model must find.

mod bent;
mod files;
mod memory;
