//! Approve where the team already talks: a request appears in a Slack channel, says exactly what
//! the agent wants, and a click decides.
