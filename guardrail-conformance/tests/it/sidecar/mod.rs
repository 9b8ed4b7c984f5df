//! The sidecars of the core: their contract, and the folder's faults and crashes.

mod bent;
mod fault;
mod folder;
mod memory;
