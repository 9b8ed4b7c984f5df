#[requires_approval(policy = "restart")]
async fn restart() -> Result<(), Error> { reboot() }
