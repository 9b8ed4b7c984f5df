//! The way to a server. What a log answers lets bodies run, so a server on another machine must be known
//! to be the one that is meant, or somebody must have said that something else sees to it.

use std::net::IpAddr;
use std::str::FromStr as _;

use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// A URL that is not used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AddressError {
    #[error(transparent)]
    Url(#[from] sqlx::Error),
    #[error(
        "its server is on another machine, and nothing says how one knows that it is it: add \
         `sslmode=verify-full`, with `sslrootcert=FILE` for an authority of your own, or \
         `sslmode=disable` where something else protects the way there"
    )]
    Unprotected,
}

/// How to connect, by a URL and the variables that go with it.
pub(crate) fn options(url: &str) -> Result<PgConnectOptions, AddressError> {
    let options = PgConnectOptions::from_str(url)?;
    let may_be_plain = match options.get_ssl_mode() {
        PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer => true,
        PgSslMode::Require | PgSslMode::VerifyCa | PgSslMode::VerifyFull => false,
    };
    if may_be_plain && !is_local(&options) && !is_said(url) {
        return Err(AddressError::Unprotected);
    }
    Ok(options.application_name("guardrail").disable_statement_logging())
}

/// Whether the server is on this machine: a socket, a loopback address, or `localhost`, since any other
/// name may point elsewhere tomorrow.
fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether somebody has said what is wanted: the default takes whoever answers, encrypted or not.
fn is_said(url: &str) -> bool {
    let keys = url.split_once('?').map_or("", |(_, query)| query).split('&');
    let mut keys = keys.map(|pair| pair.split('=').next().unwrap_or_default());
    keys.any(|key| matches!(key, "sslmode" | "ssl-mode")) || std::env::var_os("PGSSLMODE").is_some()
}

#[cfg(test)]
mod tests {
    use super::{AddressError, options};

    #[test]
    fn a_server_elsewhere_is_known_or_somebody_has_said_otherwise() {
        for open in [
            "postgres://agent@db.internal/audit",
            "postgres://agent:secret@10.0.0.7:5432/audit?application_name=sslmode",
            "postgres://agent@localhost.example.com/audit",
            "postgres://agent@localhost/audit?host=db.internal",
            "postgres://agent@localhost/audit?hostaddr=10.0.0.7",
        ] {
            let error = options(open).err();
            assert!(matches!(error, Some(AddressError::Unprotected)), "{open}: {error:?}");
        }
        for said in [
            "postgres://agent@db.internal/audit?sslmode=verify-full",
            "postgres://agent@db.internal/audit?a=b&ssl-mode=disable",
            "postgres://agent@db.internal/audit?sslmode=prefer",
            "postgres://agent@localhost/audit",
            "postgres://agent@127.0.0.1:5433/audit",
            "postgres://agent@[::1]/audit",
            "postgres://%2Fvar%2Frun%2Fpostgresql/audit?user=agent",
        ] {
            assert!(options(said).is_ok(), "{said}");
        }
        assert!(matches!(options("mysql://agent@["), Err(AddressError::Url(_))));
    }
}
