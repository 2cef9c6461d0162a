//! Headers on their way through: what belongs to one connection only, and what asks for another protocol.
//!
//! Everything else passes as it is, in the spelling that it came in. Nothing is added, neither `Via` nor
//! `X-Forwarded-For`: requests may be signed, and a header more is another request. It must not know what a header says
//! of a function.

use hyper::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, TE, TRANSFER_ENCODING, UPGRADE};

/// What belongs to one connection, whether `Connection` names it or not (RFC 9110, 7.6.1).
const OF_THE_CONNECTION: [HeaderName; 5] = [
    CONNECTION,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// Takes out what belongs to the connection that the message came on, and leaves the rest in its order.
pub(super) fn strip(headers: &mut HeaderMap) {
    let named = named_by_connection(headers);
    // Trailers are passed on, so whoever takes them from us may be told; no other coding would survive.
    let other_coding = headers.get(TE).is_some_and(|value| !value.as_bytes().eq_ignore_ascii_case(b"trailers"));
    let goes =
        |name: &HeaderName| OF_THE_CONNECTION.contains(name) || named.contains(name) || (other_coding && *name == TE);
    if !headers.keys().any(goes) {
        return;
    }
    let all = std::mem::take(headers);
    headers.reserve(all.len());
    let mut last = None;
    for (name, value) in all {
        // Further values of a header come without its name.
        last = name.or(last);
        if let Some(name) = last.as_ref().filter(|name| !goes(name)) {
            headers.append(name, value);
        }
    }
}

/// The headers that `Connection` names, but for those without which the message would mean something else.
fn named_by_connection(headers: &HeaderMap) -> Vec<HeaderName> {
    let values = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let names = values.flat_map(|value| value.split(',')).filter_map(|name| name.trim().parse().ok());
    names.filter(|name| ![TE, HOST, CONTENT_LENGTH].contains(name)).collect()
}

/// The protocol that the request asks to change to, if that must be refused.
///
/// `h2c` is an offer that some clients make with every request, and that may always be ignored.
pub(super) fn refused_upgrade(headers: &HeaderMap) -> Option<String> {
    let asked = headers.get_all(UPGRADE).iter().filter_map(|value| value.to_str().ok());
    let mut protocols = asked.flat_map(|value| value.split(',')).map(str::trim).filter(|one| !one.is_empty());
    protocols.find(|one| !one.eq_ignore_ascii_case("h2c")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn only_what_belongs_to_the_connection_is_taken_out() {
        let mut headers = map(&[
            ("connection", "close, X-Hop"),
            ("connection", "host, content-length, te"),
            ("x-hop", "1"),
            ("keep-alive", "timeout=5"),
            ("transfer-encoding", "chunked"),
            ("te", "trailers"),
            ("host", "fcv3.example"),
            ("content-length", "3"),
            ("authorization", "ACS3-HMAC-SHA256 secret"),
            ("trailer", "x-sum"),
            ("set-cookie", "a"),
            ("set-cookie", "b"),
        ]);
        strip(&mut headers);
        let left = ["te", "host", "content-length", "authorization", "trailer", "set-cookie", "set-cookie"];
        let passed: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(passed, left);
        let mut headers = map(&[("te", "gzip")]);
        strip(&mut headers);
        assert!(headers.is_empty());
    }

    #[test]
    fn another_protocol_is_refused_and_an_offer_ignored() {
        let refused = |value| refused_upgrade(&map(&[("upgrade", value)]));
        assert_eq!(refused("websocket").as_deref(), Some("websocket"));
        assert_eq!(refused("h2c, websocket").as_deref(), Some("websocket"));
        assert_eq!(refused("h2c"), None);
        assert_eq!(refused_upgrade(&map(&[])), None);
    }
}
