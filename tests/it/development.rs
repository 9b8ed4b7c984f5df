//! What a developer gets who has configured nothing yet.

use std::process::{Command, Stdio};

use guardrail::{Error, Guardrail, requires_approval};

#[requires_approval(policy = "any")]
async fn deed() -> Result<(), Error> {
    Ok(())
}

/// It keeps its log in the folder it runs in, and this test process may have a terminal: so the test
/// starts itself again, elsewhere and without one.
#[test]
fn without_a_terminal_it_says_so_and_refuses() {
    const ALONE: &str = "GUARDRAIL_TEST_ALONE";
    let name = "development::without_a_terminal_it_says_so_and_refuses";
    if std::env::var_os(ALONE).is_none() {
        let folder = tempfile::tempdir().unwrap();
        let mut alone = Command::new("setsid");
        alone.arg("--wait").arg(std::env::current_exe().unwrap());
        alone.args(["--exact", name, "--nocapture"]).env(ALONE, "1").current_dir(&folder);
        let ran = alone.stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success() && said.contains("1 passed"), "{ran:?}");
        let told = String::from_utf8_lossy(&ran.stderr);
        for part in ["NOTHING IS CONFIGURED", "there is no terminal to ask at", "is refused"] {
            assert!(told.contains(part), "{part}: {told}");
        }
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let guardrail = Guardrail::builder().build().await.unwrap();
        let ended = guardrail.scope(deed()).await;
        assert!(matches!(ended, Err(Error::Denied { person: None, .. })), "{ended:?}");
    });
}
