//! Openings to keep, and short words for what cases do with them.

use guardrail_core::audit::sidecar::{Label, Opening, Sidecar};
use guardrail_core::clock::{Entropy as _, Timestamp};
use guardrail_core::model::RequestId;
use guardrail_core::model::secret::Salt;

use crate::broken::{Broken, ensure};
use crate::entropy::SeededEntropy;

/// Makes openings that share nothing.
pub(super) struct Samples(SeededEntropy);

impl Samples {
    pub(super) fn new() -> Self {
        Self(SeededEntropy::new(7))
    }

    pub(super) fn request(&self) -> Result<RequestId, Broken> {
        Ok(RequestId::random(Timestamp::from_micros(1_000_000), &self.0)?)
    }

    /// Random text of so many characters.
    pub(super) fn text(&self, length: usize) -> Result<String, Broken> {
        let mut bytes = vec![0; length.div_ceil(2)];
        self.0.fill(&mut bytes)?;
        let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(text.chars().take(length).collect())
    }

    pub(super) fn opening(
        &self,
        request: RequestId,
        place: &str,
        value: &str,
    ) -> Result<Opening, Broken> {
        let mut salt = [0; 32];
        self.0.fill(&mut salt)?;
        Ok(Opening::new(request, place, Salt::from_bytes(salt), value.to_owned()))
    }

    /// So many openings, each of a request of its own, with values of many lengths.
    pub(super) fn openings(&self, count: usize) -> Result<Vec<Opening>, Broken> {
        let lengths = [1, 40, 300, 3000, 9000, 20, 70_000, 12];
        (0..count)
            .zip(lengths.into_iter().cycle())
            .map(|(n, length)| {
                let value = format!("\"{}\"", self.text(length)?);
                self.opening(self.request()?, &format!("/argument {n}"), &value)
            })
            .collect()
    }
}

/// The sidecar opens this one, as it was kept.
pub(super) async fn opens(sidecar: &dyn Sidecar, kept: &Opening) -> Result<(), Broken> {
    let label = kept.label();
    let Some(opened) = sidecar.open(&label).await? else {
        return Err(Broken::new(format!("nothing is kept under {label}")));
    };
    let is_same = opened.place() == kept.place()
        && opened.expose() == kept.expose()
        && opened.salt().expose() == kept.salt().expose()
        && opened.label() == label;
    ensure!(is_same && opened.is_sound(), "another opening came back for {label}");
    Ok(())
}

/// Nothing is there under this label.
pub(super) async fn is_gone(sidecar: &dyn Sidecar, label: Label) -> Result<(), Broken> {
    let opened = sidecar.open(&label).await?;
    ensure!(opened.is_none(), "something is kept under {label}");
    let listed = sidecar.labels(None, usize::MAX).await?;
    ensure!(!listed.contains(&label), "{label} is listed");
    Ok(())
}
