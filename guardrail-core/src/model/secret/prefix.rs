//! The prefixes by which most credentials are known.

/// A token that begins with a known prefix.
pub(super) struct Shape {
    pub(super) prefix: &'static str,
    /// Fewest bytes behind the prefix.
    pub(super) least: usize,
    pub(super) body: fn(u8) -> bool,
    pub(super) kind: &'static str,
}

/// The shapes that begin with one letter, a row each: prefix, fewest bytes behind it, which ones, kind.
macro_rules! shapes {
    ($(($prefix:literal, $least:literal, $body:ident, $kind:expr),)+) => {
        const { &[$(Shape { prefix: $prefix, least: $least, body: $body, kind: $kind },)+] }
    };
}

const ATLASSIAN: &str = "Atlassian token";
const AWS: &str = "AWS access key";
const AWS_SESSION: &str = "AWS session token";
const DIGITALOCEAN: &str = "DigitalOcean token";
const DOPPLER: &str = "Doppler token";
const FLY: &str = "Fly.io token";
const GITHUB: &str = "GitHub token";
const GITLAB: &str = "GitLab token";
const GRAFANA: &str = "Grafana token";
const JFROG: &str = "JFrog token";
const LINEAR: &str = "Linear key";
const PLANETSCALE: &str = "PlanetScale token";
const SENTRY: &str = "Sentry token";
const SHOPIFY: &str = "Shopify token";
const SLACK: &str = "Slack token";
const SQUARE: &str = "Square token";
const STRIPE: &str = "Stripe key";
const VAULT: &str = "Vault token";

/// The shapes that begin with this byte, because most begin none.
pub(super) fn shapes(first: u8) -> &'static [Shape] {
    match first {
        b'1' => shapes![("1//0", 40, dashed, "Google token"),],
        b'A' => shapes![
            ("AKIA", 16, upper, AWS),
            ("ASIA", 16, upper, AWS),
            ("ABSK", 80, base64, "AWS Bedrock key"),
            ("AIza", 30, dashed, "Google API key"),
            ("AGE-SECRET-KEY-1", 40, upper, "age key"),
            ("ATATT3", 40, padded, ATLASSIAN),
            ("ATCTT3", 40, padded, ATLASSIAN),
            ("ATBB", 24, alphanumeric, "Bitbucket token"),
            ("AKCp", 60, alphanumeric, JFROG),
            ("AKID", 32, alphanumeric, "Tencent Cloud key"),
            ("AQVN", 35, dashed, "Yandex Cloud key"),
            ("A3-", 30, upper_dashed, "1Password key"),
        ],
        b'C' => shapes![
            ("CFPAT-", 40, dashed, "Contentful token"),
            ("CLOJARS_", 60, alphanumeric, "Clojars token"),
        ],
        b'E' => shapes![
            ("EAACEdEose0cBA", 20, alphanumeric, "Facebook token"),
            ("EZAK", 54, alphanumeric, "EasyPost key"),
            ("EZTK", 54, alphanumeric, "EasyPost key"),
        ],
        b'F' => shapes![
            ("FwoGZXIvYXdz", 80, padded, AWS_SESSION),
            ("FQoGZXIvYXdz", 80, padded, AWS_SESSION),
        ],
        b'G' => shapes![
            ("GOCSPX-", 20, dashed, "Google client secret"),
            ("GR1348941", 20, dashed, GITLAB),
        ],
        b'H' => shapes![("HRKU-", 30, dashed, "Heroku key"),],
        b'I' => shapes![("IQoJb3JpZ2lu", 80, padded, AWS_SESSION),],
        b'L' => shapes![
            ("LTAI", 16, alphanumeric, "Alibaba Cloud key"),
            // `-----BEGIN PRIVATE`, `RSA PRI`, `EC PRIV`, `OPENSSH` and `ENCRYPT` in base64.
            ("LS0tLS1CRUdJTiBQUklWQVRF", 8, base64, "private key"),
            ("LS0tLS1CRUdJTiBSU0EgUFJJ", 8, base64, "private key"),
            ("LS0tLS1CRUdJTiBFQyBQUklW", 8, base64, "private key"),
            ("LS0tLS1CRUdJTiBPUEVOU1NI", 8, base64, "private key"),
            ("LS0tLS1CRUdJTiBFTkNSWVBU", 8, base64, "private key"),
        ],
        b'N' => shapes![("NRAK-", 27, upper, "New Relic key"),],
        b'P' => shapes![("PMAK-", 50, dashed, "Postman key"),],
        b'S' => shapes![("SG.", 40, dotted, "SendGrid key"), ("SK", 32, hex, "Twilio key"),],
        b'a' => shapes![("atlasv1.", 40, dashed, "Terraform token"),],
        b'b' => shapes![("bedrock-api-key-", 40, padded, "AWS Bedrock key"),],
        b'c' => shapes![
            ("cio", 32, alphanumeric, "crates.io token"),
            ("cmVmdGtuO", 40, alphanumeric, JFROG),
        ],
        b'd' => shapes![
            ("dckr_pat_", 20, dashed, "Docker token"),
            ("dckr_oat_", 20, dashed, "Docker token"),
            ("dop_v1_", 40, alphanumeric, DIGITALOCEAN),
            ("doo_v1_", 40, alphanumeric, DIGITALOCEAN),
            ("dor_v1_", 40, alphanumeric, DIGITALOCEAN),
            ("dapi", 32, hex, "Databricks token"),
            ("dt0c01.", 60, dotted, "Dynatrace token"),
            ("dp.pt.", 40, alphanumeric, DOPPLER),
            ("dp.st.", 40, dotted, DOPPLER),
            ("duffel_live_", 40, padded, "Duffel token"),
            ("duffel_test_", 40, padded, "Duffel token"),
        ],
        b'e' => shapes![("eyJrIjoi", 40, base64, GRAFANA),],
        b'f' => shapes![
            ("figd_", 30, dashed, "Figma token"),
            ("fm1_", 60, base64, FLY),
            ("fm2_", 60, base64, FLY),
            ("fc-", 32, hex, "Firecrawl key"),
        ],
        b'g' => shapes![
            ("ghp_", 20, underscored, GITHUB),
            ("gho_", 20, underscored, GITHUB),
            ("ghu_", 20, underscored, GITHUB),
            ("ghs_", 20, underscored, GITHUB),
            ("ghr_", 20, underscored, GITHUB),
            ("github_pat_", 20, underscored, GITHUB),
            ("glpat-", 16, dotted, GITLAB),
            ("gldt-", 20, dotted, GITLAB),
            ("glrt-", 20, dotted, GITLAB),
            ("glrtr-", 20, dotted, GITLAB),
            ("glptt-", 20, dotted, GITLAB),
            ("glcbt-", 20, dotted, GITLAB),
            ("glft-", 20, dotted, GITLAB),
            ("glimt-", 20, dotted, GITLAB),
            ("gloas-", 20, dotted, GITLAB),
            ("glagent-", 20, dotted, GITLAB),
            ("glsoat-", 20, dotted, GITLAB),
            ("glsa_", 32, underscored, GRAFANA),
            ("glc_", 40, base64, GRAFANA),
            ("gsk_", 40, alphanumeric, "Groq key"),
        ],
        b'h' => shapes![
            ("hf_", 30, alphanumeric, "Hugging Face token"),
            ("hvs.", 20, dashed, VAULT),
            ("hvb.", 20, dashed, VAULT),
            ("hvr.", 20, dashed, VAULT),
        ],
        b'j' => shapes![("jina_", 40, dashed, "Jina key"),],
        b'k' => shapes![("key-", 32, hex, "Mailgun key"),],
        b'l' => shapes![
            ("lin_api_", 30, alphanumeric, LINEAR),
            ("lin_oauth_", 30, alphanumeric, LINEAR),
            ("lsv2_pt_", 32, underscored, "LangSmith key"),
            ("lsv2_sk_", 32, underscored, "LangSmith key"),
        ],
        b'n' => shapes![
            ("npm_", 30, alphanumeric, "npm token"),
            ("nvapi-", 40, dashed, "NVIDIA key"),
            ("nfp_", 30, alphanumeric, "Netlify token"),
            ("ntn_", 40, alphanumeric, "Notion token"),
        ],
        b'o' => shapes![
            ("ops_eyJ", 60, base64, "1Password token"),
            ("oy2", 43, alphanumeric, "NuGet key"),
        ],
        b'p' => shapes![
            ("pypi-", 40, dashed, "PyPI token"),
            ("pul-", 40, hex, "Pulumi token"),
            ("pplx-", 40, alphanumeric, "Perplexity key"),
            ("phx_", 40, alphanumeric, "PostHog key"),
            ("pscale_tkn_", 30, padded, PLANETSCALE),
            ("pscale_pw_", 30, padded, PLANETSCALE),
            ("pscale_oauth_", 30, padded, PLANETSCALE),
            ("pcsk_", 40, underscored, "Pinecone key"),
            ("p8e-", 32, alphanumeric, "Adobe secret"),
        ],
        b'r' => shapes![
            ("rk_live_", 10, underscored, STRIPE),
            ("rk_test_", 10, underscored, STRIPE),
            ("rubygems_", 40, hex, "RubyGems key"),
            ("r8_", 30, alphanumeric, "Replicate token"),
        ],
        b's' => shapes![
            ("sk_live_", 10, underscored, STRIPE),
            ("sk_test_", 10, underscored, STRIPE),
            ("shpat_", 30, alphanumeric, SHOPIFY),
            ("shpss_", 30, alphanumeric, SHOPIFY),
            ("shpca_", 30, alphanumeric, SHOPIFY),
            ("shppa_", 30, alphanumeric, SHOPIFY),
            ("sbp_", 40, hex, "Supabase token"),
            ("sntrys_", 40, padded, SENTRY),
            ("sntryu_", 40, alphanumeric, SENTRY),
            ("sq0atp-", 20, dashed, SQUARE),
            ("sq0csp-", 30, dashed, SQUARE),
            ("secret_", 40, alphanumeric, "Notion token"),
        ],
        b't' => shapes![
            ("tskey-", 20, dashed, "Tailscale key"),
            ("tfp_", 40, dashed, "Typeform token"),
            ("tvly-", 30, dashed, "Tavily key"),
        ],
        b'w' => shapes![("whsec_", 20, base64, "webhook secret"),],
        b'x' => shapes![
            ("xoxa-", 10, dashed, SLACK),
            ("xoxb-", 10, dashed, SLACK),
            ("xoxc-", 10, dashed, SLACK),
            ("xoxd-", 10, dashed, SLACK),
            ("xoxe-", 10, dashed, SLACK),
            ("xoxe.", 10, dotted, SLACK),
            ("xoxo-", 10, dashed, SLACK),
            ("xoxp-", 10, dashed, SLACK),
            ("xoxr-", 10, dashed, SLACK),
            ("xoxs-", 10, dashed, SLACK),
            ("xapp-", 10, dashed, SLACK),
            ("xai-", 60, alphanumeric, "xAI key"),
            ("xkeysib-", 60, dashed, "Brevo key"),
        ],
        b'y' => shapes![("ya29.", 20, dashed, "Google token"),],
        _ => &[],
    }
}

/// The second letters of whatever begins with this one: shapes, headers, and what is known otherwise.
const fn seconds(first: u8) -> &'static [u8] {
    match first {
        b'1' => b"/",
        b'A' => b"KSIGTQB3",
        b'B' => b"eEaA",
        b'C' => b"FLo",
        b'E' => b"AZN",
        b'G' => b"OR",
        b'H' => b"R",
        b'F' => b"wQ",
        b'I' => b"dDQ",
        b'i' => b"dD",
        b'L' => b"TS",
        b'M' | b'O' => b"DTjz",
        b'N' => b"DTjzR",
        b'P' => b"MrAa",
        b'S' => b"GK",
        b'a' => b"t",
        b'b' => b"eEaA",
        b'c' => b"im",
        b'd' => b"coatpue",
        b'e' => b"yc",
        b'f' => b"imc",
        b'g' => b"hils",
        b'h' => b"fv",
        b'j' => b"i",
        b'k' => b"e",
        b'l' => b"iso",
        b'n' => b"pvft",
        b'o' => b"py",
        b'p' => b"yuphsc8a",
        b'r' => b"ku8",
        b's' => b"khbnqe.",
        b't' => b"sfv",
        b'w' => b"h",
        b'x' => b"oak",
        b'y' => b"a",
        _ => b"",
    }
}

/// Of every first letter, a bit for each second one.
#[expect(clippy::indexing_slicing, reason = "evaluated when it is compiled")]
static SECOND: [u128; 128] = {
    let mut table = [0; 128];
    let mut first = 0_u8;
    while first < 128 {
        let mut seconds = seconds(first);
        while let Some((second, rest)) = seconds.split_first() {
            table[first as usize] |= 1 << *second;
            seconds = rest;
        }
        first += 1;
    }
    table
};

/// False for letters with which nothing begins, and for whatever is no letter.
pub(super) const fn begins(first: u8) -> bool {
    !seconds(first).is_empty()
}

/// False for nearly all words, by their first two letters.
#[inline]
pub(super) fn can_begin(first: u8, second: u8) -> bool {
    let seconds = SECOND.get(usize::from(first)).copied().unwrap_or_default();
    second < 128 && seconds >> second & 1 == 1
}

fn upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn upper_dashed(byte: u8) -> bool {
    upper(byte) || byte == b'-'
}

fn hex(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'a'..=b'f' | b'A'..=b'F')
}

fn alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

pub(super) fn underscored(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

pub(super) fn dashed(byte: u8) -> bool {
    underscored(byte) || byte == b'-'
}

fn dotted(byte: u8) -> bool {
    dashed(byte) || byte == b'.'
}

/// Letters and digits of both alphabets of base64.
fn padded(byte: u8) -> bool {
    dashed(byte) || base64(byte)
}

pub(super) fn base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

#[cfg(test)]
mod tests {
    use super::{begins, can_begin, shapes};

    #[test]
    fn every_shape_can_begin() {
        for first in 0..=u8::MAX {
            for shape in shapes(first) {
                let mut letters = shape.prefix.bytes();
                assert_eq!(letters.next(), Some(first), "{}", shape.prefix);
                let second = letters.next().unwrap_or_default();
                assert!(begins(first) && can_begin(first, second), "{}", shape.prefix);
            }
        }
    }
}
