//! The process that kills, and looks at what is left.

mod after;
mod again;
mod any_time;
mod chain;
mod every_step;
mod finish;
mod kill;
mod life;
mod race;
mod restart;
mod server;
mod stopped;
mod tally;
mod transact;
