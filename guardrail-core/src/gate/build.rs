//! Builds a guardrail, and refuses to start one that could not hold.

#[cfg(feature = "terminal")]
use std::io::Write as _;
use std::sync::Arc;

#[cfg(feature = "terminal")]
use crate::approver::TerminalApprover;
use crate::approver::{Approver, Attendant, attach};
#[cfg(feature = "terminal")]
use crate::audit::FileLog;
use crate::audit::sidecar::{self, Sidecar};
use crate::audit::{self, AuditLog};
use crate::clock::{Entropy, SystemEntropy};
use crate::desk::{self, Desk, Limits};
use crate::gate::runtime::has_runtime;
use crate::gate::{Guardrail, Inner};
use crate::model::{AgentName, LABEL_LIMIT, Machine, NameError};
use crate::policy::PolicySet;

/// Where the development default keeps its log.
#[cfg(feature = "terminal")]
const DEVELOPMENT_LOG: &str = ".guardrail/audit";

/// Who answers where nothing is configured.
#[cfg(feature = "terminal")]
const DEVELOPER: &str = "developer";

#[cfg(feature = "terminal")]
const LOUD: &str = "guardrail: NOTHING IS CONFIGURED. This debug build asks whoever sits at this \
    terminal about every guarded call and keeps its log in ./.guardrail/audit. A release build \
    will refuse to start.";

/// Why no guardrail was built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A release build with nothing configured.
    #[error(
        "nothing is configured: a release build needs `.policies(..)`, `.audit_log(..)` and an \
         `.approver(..)`"
    )]
    NothingConfigured,
    /// There are no policies.
    #[error("no policies: give `.policies(PolicySet::load(\"guardrail.toml\")?)`")]
    NoPolicies,
    /// There is no audit log.
    #[error("no audit log: give `.audit_log(FileLog::open(\".guardrail/audit\").await?)`")]
    NoAuditLog,
    /// A policy asks people and nobody can reach them.
    #[error("policy `{0}` asks people, and no approver can reach them: give `.approver(..)`")]
    NoApprover(String),
    /// Two approvers speak for one channel.
    #[error("two approvers are named `{0}`; every channel has a name of its own")]
    TwoApprovers(String),
    /// There is no runtime, or it was built without timers.
    #[error(
        "a guardrail is built in a tokio runtime with timers: use `enable_all` or `enable_time`"
    )]
    NoRuntime,
    /// The agent's name breaks its rule.
    #[error(transparent)]
    Agent(#[from] NameError),
    /// A label is too long.
    #[error("the {0} is longer than {LABEL_LIMIT} bytes")]
    TooLong(&'static str),
    /// The log of the development default could not be opened.
    #[error(transparent)]
    Log(#[from] audit::Error),
    /// Erasures on record could not be carried out once more.
    #[error("what was redacted could not be erased: {0}")]
    Sidecar(#[from] sidecar::RedactError),
    /// What an earlier process left over could not be recovered.
    #[error("recovery failed: {0}")]
    Recovery(#[from] desk::Error),
}

/// Builds a [`Guardrail`].
#[derive(Debug)]
#[must_use = "a builder does nothing before it is built"]
pub struct Builder {
    agent: Option<String>,
    model: Option<String>,
    environment: Option<String>,
    policies: Option<PolicySet>,
    log: Option<Arc<dyn AuditLog>>,
    sidecar: Option<Arc<dyn Sidecar>>,
    approvers: Vec<Arc<dyn Approver>>,
    entropy: Arc<dyn Entropy>,
    limits: Limits,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            agent: None,
            model: None,
            environment: None,
            policies: None,
            log: None,
            sidecar: None,
            approvers: Vec::new(),
            entropy: Arc::new(SystemEntropy),
            limits: Limits::default(),
        }
    }

    /// The program's default actor: the agent behind calls that name no other.
    pub fn agent(mut self, name: impl Into<String>) -> Self {
        self.agent = Some(name.into());
        self
    }

    /// The language model behind the agent, where the context names no other.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// `prod`, `staging` and the like; part of every digest.
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = Some(environment.into());
        self
    }

    /// The policies and people.
    pub fn policies(mut self, policies: PolicySet) -> Self {
        self.policies = Some(policies);
        self
    }

    /// The audit log.
    pub fn audit_log(mut self, log: impl AuditLog) -> Self {
        self.log = Some(Arc::new(log));
        self
    }

    /// Where the values of `redact(x)` are kept, so that they can be shown later, and erased. They are
    /// kept before the request is on record; a call whose values cannot be kept is refused. Without
    /// a sidecar nothing is kept. What erasures on record say is gone is erased once more when the
    /// guardrail is built.
    pub fn sidecar(mut self, sidecar: impl Sidecar) -> Self {
        self.sidecar = Some(Arc::new(sidecar));
        self
    }

    /// One more way to reach people. Several serve one request at once; any may settle it.
    pub fn approver(mut self, approver: impl Approver) -> Self {
        self.approvers.push(Arc::new(approver));
        self
    }

    /// Where ids, nonces and salts come from; the operating system by default.
    pub fn entropy(mut self, entropy: impl Entropy) -> Self {
        self.entropy = Arc::new(entropy);
        self
    }

    /// Other bounds on what may wait and what may be on record.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Builds it: records the policies in force, ends what an earlier process left over, and
    /// brings what still waits to the approvers again.
    ///
    /// Where nothing at all is configured, a debug build gets the development default: a log in
    /// `./.guardrail/`, and whoever sits at the terminal is asked about everything. A release
    /// build refuses.
    ///
    /// # Errors
    /// [`BuildError`], which says what to do.
    pub async fn build(mut self) -> Result<Guardrail, BuildError> {
        if !has_runtime() {
            return Err(BuildError::NoRuntime);
        }
        if self.policies.is_none() && self.log.is_none() && self.approvers.is_empty() {
            self = self.development().await?;
        }
        let policies = self.policies.take().ok_or(BuildError::NoPolicies)?;
        let log = self.log.take().ok_or(BuildError::NoAuditLog)?;
        if self.approvers.is_empty()
            && let Some(policy) = policies.policies().find(|policy| policy.requirement().is_some())
        {
            return Err(BuildError::NoApprover(policy.name().to_string()));
        }
        let mut channels: Vec<&str> = self.approvers.iter().map(|a| a.channel()).collect();
        channels.sort_unstable();
        if let Some([twice, _]) = channels.array_windows().find(|[a, b]| a == b) {
            return Err(BuildError::TwoApprovers((*twice).to_owned()));
        }
        for (part, label) in [("model", &self.model), ("environment", &self.environment)] {
            if label.as_ref().is_some_and(|label| label.len() > LABEL_LIMIT) {
                return Err(BuildError::TooLong(part));
            }
        }
        let agent = self.agent.as_deref().map(AgentName::new).transpose()?;
        if let Some(sidecar) = &self.sidecar {
            sidecar::repeat(&*log, &**sidecar).await?;
        }
        let guardrail = self.assemble(agent, policies, log);
        guardrail.inner.desk.note_policies(&guardrail.policies()).await?;
        attach(&guardrail.inner.desk, &guardrail.inner.approvers);
        if guardrail.recover().await? {
            guardrail.sweep();
        }
        Ok(guardrail)
    }

    /// A guardrail of parts that are known to fit.
    pub(crate) fn unchecked(self, policies: PolicySet, log: Arc<dyn AuditLog>) -> Guardrail {
        self.assemble(None, policies, log)
    }

    fn assemble(
        self,
        agent: Option<AgentName>,
        policies: PolicySet,
        log: Arc<dyn AuditLog>,
    ) -> Guardrail {
        let inner = Inner {
            desk: Arc::new(Desk::new(log, self.sidecar, policies, self.entropy, self.limits)),
            approvers: self.approvers.into_iter().map(Attendant::new).map(Arc::new).collect(),
            agent: agent.unwrap_or_else(AgentName::unnamed),
            model: self.model.map(Into::into),
            machine: Arc::new(Machine {
                host: audit::host_name().into(),
                environment: self.environment.map(Into::into),
            }),
        };
        Guardrail { inner: Arc::new(inner) }
    }

    /// What a developer gets who has configured nothing yet.
    #[cfg(feature = "terminal")]
    async fn development(mut self) -> Result<Self, BuildError> {
        if !cfg!(debug_assertions) {
            return Err(BuildError::NothingConfigured);
        }
        self.log = Some(Arc::new(FileLog::open(DEVELOPMENT_LOG).await?));
        self.policies = Some(PolicySet::asking(DEVELOPER)?);
        let terminal = TerminalApprover::new().as_person(DEVELOPER);
        let absence = terminal.absence();
        self.approvers.push(Arc::new(terminal));
        say(LOUD);
        if let Some(why) = absence {
            say(&format!(
                "guardrail: {why}. Until there is one, every guarded call that asks is refused: run \
                 this in a terminal, or configure an approver."
            ));
        }
        Ok(self)
    }

    /// Without a terminal there is nobody to ask.
    #[cfg(not(feature = "terminal"))]
    #[expect(clippy::unused_async, reason = "it awaits the log where there is a terminal")]
    async fn development(self) -> Result<Self, BuildError> {
        Err(BuildError::NothingConfigured)
    }
}

/// Says it to whoever starts the program.
#[cfg(feature = "terminal")]
fn say(line: &str) {
    tracing::warn!("{line}");
    // Where stderr is closed there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "{line}");
}
