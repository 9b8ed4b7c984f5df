//! The logs of this workspace against their contract, and against disks that fail.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that is wrong should fail")]
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "so should one that overreaches"
)]

mod bent;
mod bent_approver;
mod faulty_log;
mod file_log;
mod machine;
mod memory_log;
mod mock_approver;
mod proof;
mod sidecar;
