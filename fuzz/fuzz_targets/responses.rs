//! Answers of an endpoint, as the dialects read them: whatever the status, the headers and the body, no panic, and
//! nothing is taken for accepted that was not.
//!
//! An input is text: the call and the status, header lines, an empty line, the body.

#![no_main]

use fnconform::driver::{DIALECTS, HttpResponse, Meaning, Request};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((request, response)) = exchange(data) else { return };
    for dialect in DIALECTS {
        let reply = dialect.decode(&request, &response);
        if !(200..300).contains(&response.status) {
            assert!(
                !matches!(reply.meaning, Meaning::Done | Meaning::Reported(_) | Meaning::Served(_)),
                "{:?} of status {}",
                reply.meaning,
                response.status
            );
        }
    }
});

fn exchange(data: &[u8]) -> Option<(Request, HttpResponse)> {
    let (head, body) = match data.windows(2).position(|two| two == b"\n\n") {
        Some(end) => (&data[..end], &data[end + 2..]),
        None => (data, &[][..]),
    };
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let (call, status) = lines.next()?.split_once(' ')?;
    let (function, image) = ("f".into(), "a:1".into());
    let request = match call {
        "create" => Request::Create { function, image },
        "get" => Request::Get { function },
        "update" => Request::Update { function, image },
        "invoke" => Request::Invoke { function },
        "delete" => Request::Delete { function },
        _ => return None,
    };
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    };
    let headers = lines.filter_map(header).collect();
    Some((request, HttpResponse { status: status.trim().parse().ok()?, headers, body: body.to_vec() }))
}
