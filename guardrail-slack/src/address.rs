//! Which addresses a secret may be sent to: https and wss anywhere, http and ws to this machine.

use std::net::IpAddr;

use reqwest::Url;

/// Why an address is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AddressError {
    #[error("it is no URL with a host")]
    NoUrl,
    #[error(
        "it is neither encrypted nor on this machine; use https or wss, or http or ws to a \
             loopback address"
    )]
    Plain,
    #[error("it has a user name or a password in it")]
    Credentials,
    #[error("it has a query or a fragment in it")]
    Query,
}

/// The base of Web API methods: `https://slack.com/api/`. A missing `/` at its end is added.
pub(crate) fn api(text: &str) -> Result<Url, AddressError> {
    let mut url = checked(text, "https", "http")?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(AddressError::Query);
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

/// A socket to connect to, query included.
pub(crate) fn socket(text: &str) -> Result<Url, AddressError> {
    checked(text, "wss", "ws")
}

fn checked(text: &str, encrypted: &str, plain: &str) -> Result<Url, AddressError> {
    let url = Url::parse(text).map_err(|_| AddressError::NoUrl)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Credentials);
    }
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(AddressError::NoUrl)?;
    match url.scheme() {
        scheme if scheme == encrypted => Ok(url),
        scheme if scheme == plain && is_loopback(host) => Ok(url),
        _ => Err(AddressError::Plain),
    }
}

/// Whether it is on this machine.
pub(crate) fn is_local(url: &Url) -> bool {
    url.host_str().is_some_and(is_loopback)
}

/// `localhost` alone among names: every other may point elsewhere tomorrow.
fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{AddressError, api, socket};

    #[test]
    fn tokens_go_out_encrypted_or_stay_on_this_machine() {
        for good in [
            "https://slack.com/api/",
            "https://slack-gov.com/api",
            "http://127.0.0.1:4003/api/",
            "http://[::1]:4003/api/",
            "http://localhost/api",
        ] {
            assert!(api(good).is_ok_and(|url| url.path() == "/api/"), "{good}");
        }
        for plain in [
            "http://slack.com/api/",
            "http://localhost.example.com/api/",
            "http://127.0.0.1.example.com/api/",
            "http://10.0.0.1/api/",
            "ftp://localhost/api/",
            "ws://localhost/api/",
            "file:///etc/api/",
        ] {
            assert!(api(plain).is_err(), "{plain}");
        }
        assert_eq!(api("https://u:p@slack.com/api/"), Err(AddressError::Credentials));
        assert_eq!(api("https://slack.com/api/?token=1"), Err(AddressError::Query));
        assert_eq!(api("slack.com/api"), Err(AddressError::NoUrl));
    }

    #[test]
    fn a_socket_is_encrypted_or_on_this_machine() {
        assert!(socket("wss://wss-primary.slack.com/link/?ticket=1").is_ok());
        assert!(socket("ws://127.0.0.1:9/link").is_ok());
        assert_eq!(socket("ws://wss-primary.slack.com/link"), Err(AddressError::Plain));
        assert_eq!(socket("https://wss-primary.slack.com/link"), Err(AddressError::Plain));
    }
}
