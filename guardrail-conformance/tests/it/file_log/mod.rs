//! The log in files: its contract, its folder, its crashes, its faults, its damage, its runtimes.

mod crash;
mod damage;
mod fault;
mod folder;
mod group;
mod heads;
mod runtime;
mod segments;
pub(crate) mod small;
mod suite;
mod work;
