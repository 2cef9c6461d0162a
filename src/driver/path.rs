//! Names in a path: percent-encoding of one segment, for every dialect and for the levers.
//!
//! It must not know which names are valid; it only keeps a name from being read as anything but a name.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode, utf8_percent_encode};

/// All but the characters that RFC 3986 leaves unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The name as one segment of a path, its slashes and colons included.
#[must_use]
pub fn encode(name: &str) -> String {
    utf8_percent_encode(name, RESERVED).to_string()
}

/// A part of a URL that somebody has encoded, or has not, encoded as here. A `+` is a plus.
#[must_use]
pub fn again(part: &str) -> String {
    percent_encode(&percent_decode_str(part).collect::<Vec<u8>>(), RESERVED).to_string()
}

/// The name that a segment stands for; `None` if it is not UTF-8.
#[must_use]
pub fn decode(segment: &str) -> Option<String> {
    percent_decode_str(segment).decode_utf8().ok().map(|name| name.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_segment_and_comes_back() {
        for (name, segment) in [
            ("conf-fn_1.x~", "conf-fn_1.x~"),
            ("registry.example:5000/ns/repo:v1", "registry.example%3A5000%2Fns%2Frepo%3Av1"),
            ("a b%?#&=+*", "a%20b%25%3F%23%26%3D%2B%2A"),
            ("é", "%C3%A9"),
        ] {
            assert_eq!(encode(name), segment);
            assert_eq!(decode(segment).as_deref(), Some(name));
        }
        assert_eq!(decode("%FF"), None);
    }

    #[test]
    fn whatever_was_encoded_how_is_encoded_in_one_way() {
        for part in ["é a/b", "é%20a%2fb", "%C3%A9 a%2Fb"] {
            assert_eq!(again(part), "%C3%A9%20a%2Fb");
        }
        assert_eq!(again("%FF+~"), "%FF%2B~");
    }
}
