//! The program of the hosted images, as a process.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, which the test has seen then.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the program with its port in that variable, and gives a connection to it.
fn started(folder: &std::path::Path, variable: &str) -> (Running, TcpStream) {
    let program = folder.join("answer");
    std::fs::write(&program, include_bytes!("../../../src/lever/registry/answer/answer-amd64")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, mode).unwrap();
    // Free now, and hardly taken by anyone in the meantime.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new(&program);
    command.env_clear().env("FNCONFORM_REVISION", "r1").env(variable, port.to_string());
    let running = Running(command.spawn().unwrap());
    let begun = Instant::now();
    loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(stream) => {
                stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
                return (running, stream);
            }
            Err(error) => assert!(begun.elapsed() < Duration::from_secs(10), "{error}"),
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Sends a request, and reads until the answer ends so.
fn ask(stream: &mut TcpStream, request: &[u8], end: &str) -> String {
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(end.as_bytes()) {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&answer)));
        answer.extend(byte);
    }
    String::from_utf8(answer).unwrap()
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn it_answers_every_request_with_its_revision() {
    let folder = tempfile::tempdir().unwrap();
    let (_running, mut stream) = started(folder.path(), "FC_SERVER_PORT");
    let large = [b"POST /invoke HTTP/1.1\r\nContent-Length: 200000\r\n\r\n".as_slice(), &[b'x'; 200_000]].concat();
    let requests: [&[u8]; 5] = [
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /invoke HTTP/1.1\r\ncontent-length: 5\r\n\r\nhello",
        &large,
        b"PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n00a;x=y\r\n0123456789\r\n0\r\nA: b\r\n\r\n",
        b"GET /again HTTP/1.1\r\n\r\n",
    ];
    for request in requests {
        let answer = ask(&mut stream, request, "\r\n\r\nr1");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("Content-Length: 2\r\n"), "{answer}");
    }
    let expecting = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n";
    assert_eq!(ask(&mut stream, expecting, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    assert!(ask(&mut stream, b"x", "\r\n\r\nr1").starts_with("HTTP/1.1 200"));
    // A head has no body, so what follows it is the next answer.
    let head = ask(&mut stream, b"HEAD / HTTP/1.1\r\n\r\n", "\r\n\r\n");
    assert!(head.contains("Content-Length: 2\r\n"), "{head}");
    assert!(ask(&mut stream, b"GET / HTTP/1.0\r\n\r\n", "r1").contains("Connection: close"));
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn it_serves_many_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (_running, first) = started(folder.path(), "PORT");
    let address = first.peer_addr().unwrap();
    let mut streams: Vec<TcpStream> = (0..20).map(|_| TcpStream::connect(address).unwrap()).collect();
    for stream in streams.iter_mut().rev() {
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        ask(stream, b"GET / HTTP/1.1\r\n\r\n", "\r\n\r\nr1");
    }
}
