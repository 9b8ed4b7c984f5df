//! Disks that fail, for the tests of logs in files.

mod faulty;
mod sim;

pub use faulty::{Fault, FaultyFolder, Hold};
pub use sim::{Kept, SimDisk};
