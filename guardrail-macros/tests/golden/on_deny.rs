#[requires_approval(policy = "mail", name = Self::NAME, skip_all, debug(self), on_deny = Self::refused)]
async fn send(&mut self, to: Vec<Address>) -> Option<impl Iterator<Item = fn(u8) -> u8>> {
    None
}
