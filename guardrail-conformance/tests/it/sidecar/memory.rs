//! The sidecar in memory keeps the contract.

use guardrail_conformance::sidecar::SidecarFactory;
use guardrail_core::audit::sidecar::MemorySidecar;

struct Memory;

#[async_trait::async_trait]
impl SidecarFactory for Memory {
    type Sidecar = MemorySidecar;

    async fn fresh(&self) -> MemorySidecar {
        MemorySidecar::new()
    }
}

guardrail_conformance::sidecar_suite!(Memory);
