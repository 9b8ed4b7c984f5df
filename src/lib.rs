//! Action-level approvals for AI agents.
