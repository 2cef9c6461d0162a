//! Bodies that a client let the endpoint compress: passed on as they came, read as what they say.
//!
//! No more is unpacked than is kept of any body, whatever it would become.

use super::tee::KEPT;
use crate::exchange::{Body, Message};
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use std::io::Read;

/// The header that names the coding.
pub(super) const CONTENT_ENCODING: &str = "content-encoding";

/// Reads the body as what it says; one that cannot be read is as one that was not recorded.
pub(super) fn unpack(message: &mut Message) {
    let coding = message.headers.iter().find(|(name, _)| name == CONTENT_ENCODING);
    let Some(coding) = coding.map(|(_, coding)| coding.trim().to_ascii_lowercase()) else { return };
    let packed = match &message.body {
        Body::Whole(bytes) if !bytes.is_empty() => bytes.as_slice(),
        Body::Whole(_) => return,
        Body::Cut(_) | Body::Unrecorded => &[],
    };
    let unpacked = match coding.as_str() {
        "identity" => return,
        "gzip" | "x-gzip" => read(MultiGzDecoder::new(packed)),
        "deflate" => read(ZlibDecoder::new(packed)),
        _ => None,
    };
    message.body = unpacked.unwrap_or(Body::Unrecorded);
}

fn read(decoder: impl Read) -> Option<Body> {
    let mut bytes = Vec::new();
    decoder.take(KEPT as u64 + 1).read_to_end(&mut bytes).ok()?;
    if bytes.len() > KEPT {
        bytes.truncate(KEPT);
        return Some(Body::Cut(bytes));
    }
    Some(Body::Whole(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};
    use std::io::Write;

    fn unpacked(coding: &str, body: Body) -> Body {
        let mut message = Message { headers: vec![(CONTENT_ENCODING.to_owned(), coding.to_owned())], body };
        unpack(&mut message);
        message.body
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_was_compressed_is_read() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(b"sha256:1").unwrap();
        let whole = Body::Whole(b"sha256:1".to_vec());
        assert_eq!(unpacked("deflate", Body::Whole(zlib.finish().unwrap())), whole);
        assert_eq!(unpacked("GZIP", Body::Whole(gzip(b"sha256:1"))), whole);
        assert_eq!(unpacked("identity", whole.clone()), whole);
    }

    #[test]
    fn what_cannot_be_read_was_not_recorded_and_nothing_grows_without_bound() {
        assert_eq!(unpacked("br", Body::Whole(vec![1])), Body::Unrecorded);
        assert_eq!(unpacked("gzip", Body::Whole(vec![1])), Body::Unrecorded);
        assert_eq!(unpacked("gzip", Body::Cut(gzip(b"x"))), Body::Unrecorded);
        assert_eq!(unpacked("gzip", Body::Whole(gzip(&vec![0; 50 << 20]))), Body::Cut(vec![0; KEPT]));
    }
}
