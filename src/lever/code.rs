//! What the suite calls the programs that it publishes.

use crate::history::Name;

/// The longest name that a program can have (`lever-protocol`).
const LONGEST: usize = 200;

/// A digest that no other revision has, in the form that registries use.
pub(super) fn digest(revision: &str) -> Name {
    let mut hex = String::from("sha256:");
    for salt in 0u64..4 {
        let mut hash = 0xcbf2_9ce4_8422_2325u64 ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for byte in revision.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        hex.push_str(&format!("{:016x}", hash ^ hash >> 31));
    }
    hex.into()
}

/// Whether the text can be the name of a program: printable ASCII without space and `@`.
pub(super) fn is_code(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'@')
}

/// As much of a reply as can be the name of a program, which is all of it if it is one.
pub(super) fn cut(reply: &str) -> Name {
    reply.chars().take(LONGEST).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_have_digests_of_their_own() {
        let (a, b) = (digest("run-d1A0"), digest("run-d1A1"));
        assert!(a != b && a == digest("run-d1A0"));
        assert!(is_code(&a) && a.starts_with("sha256:") && a.len() == 71, "{a}");
        for text in ["", "a b", "a@b", "ä", &"x".repeat(201)] {
            assert!(!is_code(text), "{text}");
        }
        assert!(is_code(&cut(&"x".repeat(300))));
    }
}
