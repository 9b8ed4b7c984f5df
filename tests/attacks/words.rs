//! The words of the corpus: classes, fields and expectations, each known by name or refused.

/// An enum of words; a word that is none of them is refused with the list of those that are.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum $name { $($variant,)+ }

        impl $name {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)+];

            pub(crate) const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            pub(crate) fn named(word: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|one| one.word() == word).ok_or_else(|| {
                    let known: Vec<&str> = Self::ALL.iter().map(|one| one.word()).collect();
                    format!(
                        "`{word}` is no {} this runner knows ({}); say in words.rs what it means and in \
                         place.rs who runs it",
                        stringify!($name).to_lowercase(),
                        known.join(", ")
                    )
                })
            }
        }
    };
}

words! {
    /// What kind of attack it is. A class belongs to one or more channels.
    Class {
        Mrkdwn = "mrkdwn",
        AdaptiveMd = "adaptive_md",
        Html = "html",
        Console = "console",
        Ssrf = "ssrf",
        SlackCallback = "slack_callback",
        Jwt = "jwt",
        Ansi = "ansi",
        Bidi = "bidi",
        Invisible = "invisible",
        Homoglyph = "homoglyph",
        Control = "control",
        Truncation = "truncation",
        DialogForge = "dialog_forge",
        LogInjection = "log_injection",
        Secret = "secret",
        Json = "json",
        Id = "id",
        Identity = "identity",
        Policy = "policy",
        Dos = "dos",
        Scenario = "scenario",
    }
}

words! {
    /// Where the payload enters.
    Field {
        Arg = "arg",
        Reason = "reason",
        Actor = "actor",
        Action = "action",
        Policy = "policy",
        Callback = "callback",
        Header = "header",
        Json = "json",
    }
}

words! {
    /// How the payload is written down.
    Enc {
        Text = "text",
        Hex = "hex",
        Gen = "gen",
        Http = "http",
        Toml = "toml",
        Pair = "pair",
        Steps = "steps",
    }
}

words! {
    /// What must come of it.
    Expect {
        Reject = "reject",
        Accept = "accept",
        RenderEscaped = "render_escaped",
        RenderVisible = "render_visible",
        TruncationMarked = "truncation_marked",
        SingleRecord = "single_record",
        Redacted = "redacted",
        Attributed = "attributed",
        SsrfBlocked = "ssrf_blocked",
        CanonicalStable = "canonical_stable",
        LosslessOrReject = "lossless_or_reject",
        Bounded = "bounded",
        SamePrincipal = "same_principal",
        Distinct = "distinct",
        DistinctAndReject = "distinct_and_reject",
        ByDirectory = "by_directory",
        OneTerminalState = "one_terminal_state",
        OneExecution = "one_execution",
        ZeroOrOneExecution = "zero_or_one_execution",
        NoExecution = "no_execution",
        StillPending = "still_pending",
        NoStateChange = "no_state_change",
        BodyGetsP1OrRefused = "body_gets_p1_or_refused",
        DriftReported = "drift_reported",
        ReportedUnknownNotRerun = "reported_unknown_not_rerun",
        AtWorstExpired = "at_worst_expired",
    }
}
