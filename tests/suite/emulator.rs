//! The reference endpoint over real sockets, spoken to byte by byte: no client of ours may cover for its mistakes.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use fnconform::emulator::{Lever, Running, Settings, legal, start};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Longer than anything takes by itself, on a machine that is busy.
const DEADLINE: Duration = Duration::from_secs(20);

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    fn field(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_default().to_owned()
    }
}

/// One kept connection.
struct Line(BufReader<TcpStream>);

impl Line {
    async fn open(address: SocketAddr) -> Self {
        Self(BufReader::new(TcpStream::connect(address).await.expect("the endpoint listens")))
    }

    /// Sends a request and reads the whole answer; `None` if the connection ended before it.
    async fn ask(&mut self, method: &str, path: &str, body: &str) -> Option<Answer> {
        let length = body.len();
        let request = format!("{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{body}");
        self.0.write_all(request.as_bytes()).await.ok()?;
        let status_line = self.line().await?;
        let status = status_line.split(' ').nth(1)?.parse().ok()?;
        let mut headers = Vec::new();
        loop {
            let line = self.line().await?;
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = Answer { status, headers, body: String::new() };
        let mut body = Vec::new();
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let size = usize::from_str_radix(&self.line().await?, 16).ok()?;
                let mut chunk = vec![0; size + 2];
                self.0.read_exact(&mut chunk).await.ok()?;
                if size == 0 {
                    break;
                }
                body.extend_from_slice(&chunk[..size]);
            }
        } else if let Some(length) = answer.header("content-length") {
            body.resize(length.parse().ok()?, 0);
            self.0.read_exact(&mut body).await.ok()?;
        }
        answer.body = String::from_utf8(body).ok()?;
        Some(answer)
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line).await {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(line.trim_end().to_owned()),
        }
    }

    async fn must(&mut self, method: &str, path: &str, body: &str) -> Answer {
        self.ask(method, path, body).await.expect("an answer")
    }

    async fn image(&mut self, image: &str, code: &str, condition: &str) {
        let body = format!(r#"{{"code":{code},"condition":"{condition}"}}"#);
        let answer = self.must("PUT", &format!("/_conformance/v1/images/{image}"), &body).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
    }

    async fn create(&mut self, name: &str, image: &str) -> Answer {
        let body = format!(
            r#"{{"functionName":"{name}","runtime":"custom-container","handler":"index.handler",
                "customContainerConfig":{{"image":"{image}","port":9000}}}}"#
        );
        self.must("POST", "/2023-03-30/functions", &body).await
    }

    async fn update(&mut self, name: &str, image: &str) -> Answer {
        let body = format!(r#"{{"customContainerConfig":{{"image":"{image}"}}}}"#);
        self.must("PUT", &format!("/2023-03-30/functions/{name}"), &body).await
    }

    async fn get(&mut self, name: &str) -> Answer {
        self.must("GET", &format!("/2023-03-30/functions/{name}"), "").await
    }

    async fn invoke(&mut self, name: &str) -> Answer {
        self.must("POST", &format!("/2023-03-30/functions/{name}/invocations"), "").await
    }

    async fn await_field(&mut self, name: &str, field: &str, value: &str) {
        let begun = Instant::now();
        loop {
            let answer = self.get(name).await;
            if answer.field(field) == value {
                return;
            }
            assert!(begun.elapsed() < DEADLINE, "{}", answer.body);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

async fn endpoint(settings: Settings) -> Running {
    start(settings, SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a free port")
}

#[tokio::test]
async fn a_function_lives_its_life() {
    let running = endpoint(Settings::default()).await;
    let mut line = Line::open(running.address()).await;
    line.image("reg%2Fapp:1", r#""sha256:1""#, "held").await;
    let created = line.create("f", "reg/app:1").await;
    assert!((200..300).contains(&created.status), "{} {}", created.status, created.body);
    assert_eq!(line.get("f").await.field("state"), "Pending");
    let refused = line.invoke("f").await;
    assert_eq!((refused.status, refused.field("Code").as_str()), (412, "PreconditionFailed"));
    assert!(refused.field("Message").contains("Pending"));

    line.image("reg%2Fapp:1", r#""sha256:1""#, "ready").await;
    line.await_field("f", "state", "Active").await;
    let shown = line.get("f").await.json();
    assert!(
        shown["customContainerConfig"]["resolvedImageUri"].as_str().is_some_and(|uri| uri.ends_with("@sha256:1")),
        "{shown}"
    );
    assert_eq!(shown["customContainerConfig"]["port"], 9000);
    let served = line.invoke("f").await;
    assert_eq!((served.status, served.body.as_str()), (200, "sha256:1"));

    line.image("reg%2Fapp:2", r#""sha256:2""#, "ready").await;
    assert!((200..300).contains(&line.update("f", "reg/app:2").await.status));
    line.await_field("f", "lastUpdateStatus", "Successful").await;
    assert_eq!(line.invoke("f").await.body, "sha256:2");

    let idle = line.must("POST", "/_conformance/v1/functions/f/idle", "").await;
    assert_eq!(idle.status, 204);
    assert_eq!(line.get("f").await.field("state"), "Inactive");
    assert_eq!(line.invoke("f").await.status, 412);
    line.await_field("f", "state", "Active").await;

    line.image("reg%2Fapp:2", "null", "missing").await;
    line.await_field("f", "state", "Failed").await;
    let deleted = line.must("DELETE", "/2023-03-30/functions/f", "").await;
    assert!((200..300).contains(&deleted.status));
    let gone = line.get("f").await;
    assert_eq!((gone.status, gone.field("Code").as_str()), (404, "FunctionNotFound"));
    running.shutdown().await;
}

#[tokio::test]
async fn levers_are_listed_as_offered() {
    let running = endpoint(Settings::default()).await;
    let mut line = Line::open(running.address()).await;
    let answer = line.must("GET", "/_conformance/v1", "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json(),
        serde_json::json!({ "version": 1, "levers": ["publish", "hold", "fail", "delete", "idle"] })
    );
    let answer = line.must("POST", "/_conformance/v1/functions/nobody/idle", "").await;
    assert_eq!((answer.status, answer.field("Code").as_str()), (404, "FunctionNotFound"));
    let answer = line.must("PUT", "/_conformance/v1/images/a", "{").await;
    assert_eq!((answer.status, answer.field("Code").as_str()), (400, "InvalidArgument"));
    running.shutdown().await;

    let running = endpoint(Settings::default().with_levers(&[Lever::Publish, Lever::Hold])).await;
    let mut line = Line::open(running.address()).await;
    let answer = line.must("GET", "/_conformance/v1", "").await;
    assert_eq!(answer.json()["levers"], serde_json::json!(["publish", "hold"]));
    running.shutdown().await;

    let running = endpoint(Settings::default().with_levers(&[])).await;
    let mut line = Line::open(running.address()).await;
    assert!(line.must("GET", "/_conformance/v1", "").await.status >= 400);
    line.create("f", "any:tag").await;
    line.await_field("f", "state", "Active").await;
    running.shutdown().await;
}

#[tokio::test]
async fn shutdown_frees_the_port_though_connections_are_kept() {
    let running = endpoint(Settings::default()).await;
    let address = running.address();
    let mut line = Line::open(address).await;
    assert_eq!(line.get("f").await.status, 404);
    let begun = Instant::now();
    running.shutdown().await;
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert!(line.ask("GET", "/2023-03-30/functions/f", "").await.is_none());
    start(Settings::default(), address).await.expect("the port is free again").shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_functions_and_thousands_of_requests() {
    let running = endpoint(Settings::default()).await;
    let address = running.address();
    Line::open(address).await.image("app:1", r#""d1""#, "ready").await;
    let begun = Instant::now();
    let lines = (0..16).map(|line| {
        tokio::spawn(async move {
            let mut connection = Line::open(address).await;
            for number in 0..20 {
                let name = format!("f-{line}-{number}");
                connection.create(&name, "app:1").await;
                for _ in 0..10 {
                    connection.get(&name).await;
                }
            }
        })
    });
    for line in lines.collect::<Vec<_>>() {
        line.await.expect("a connection does its work");
    }
    // 3,520 requests; a debug build on a busy machine needs a fraction of this.
    assert!(begun.elapsed() < DEADLINE, "{:?}", begun.elapsed());
    running.shutdown().await;
}

async fn odd(name: &str) -> Running {
    let oddity = legal::by_name(name).expect("an oddity of that name");
    endpoint(Settings::default().behaving(oddity)).await
}

#[tokio::test]
async fn oddities_of_the_transport_reach_the_wire() {
    let running = odd("chunks").await;
    let mut line = Line::open(running.address()).await;
    let answer = line.get("f").await;
    assert_eq!(
        (answer.header("transfer-encoding"), answer.field("Code").as_str()),
        (Some("chunked"), "FunctionNotFound")
    );
    running.shutdown().await;

    let running = odd("closes-connections").await;
    let mut line = Line::open(running.address()).await;
    assert_eq!(line.get("f").await.header("connection"), Some("close"));
    assert!(line.ask("GET", "/2023-03-30/functions/f", "").await.is_none());
    running.shutdown().await;

    let running = odd("loses-answers").await;
    let mut answers = 0;
    let mut line = Line::open(running.address()).await;
    while line.ask("GET", "/2023-03-30/functions/f", "").await.is_some() {
        answers += 1;
        assert!(answers < 23, "every answer arrived");
    }
    running.shutdown().await;

    let running = odd("busy-now-and-then").await;
    let mut line = Line::open(running.address()).await;
    let mut answer = line.get("f").await;
    while answer.status == 404 {
        answer = line.get("f").await;
    }
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("0")));
    running.shutdown().await;

    let running = odd("thinks-after").await;
    let begun = Instant::now();
    assert_eq!(Line::open(running.address()).await.get("f").await.status, 404);
    assert!(begun.elapsed() >= Duration::from_millis(4));
    running.shutdown().await;
}
