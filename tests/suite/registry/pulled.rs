//! What a client of registries gets, request by request.

use fnconform::driver::RequestTag;
use fnconform::history::{Condition, Content, Name};
use fnconform::lever::registry::{Architecture, Registry};
use fnconform::lever::{Effect, Images, Meanwhile};
use fnconform::requirement::Lever;
use serde_json::Value;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const DEADLINE: Duration = Duration::from_secs(20);

async fn registry() -> Registry {
    Registry::start(([127, 0, 0, 1], 0).into(), None, Architecture::Amd64).await.unwrap()
}

async fn set(registry: &Registry, image: &Name, revision: &str, condition: Condition) -> Effect {
    let tag = RequestTag { run: "test".into(), case: "a".into(), step: 1 };
    let code = (condition != Condition::Missing).then(|| registry.code(revision));
    registry.set(image, &Content { code, condition }, Meanwhile::Nothing, &tag, DEADLINE).await
}

/// The path under which a client finds the image: without host and tag.
fn repository(image: &Name) -> &str {
    image.split_once('/').unwrap().1.strip_suffix(":latest").unwrap()
}

/// A request on a connection of its own.
struct Pull(TcpStream);

struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn status(&self) -> &str {
        &self.head[9..12]
    }

    fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_else(|| panic!("no {name} in {}", self.head))
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Pull {
    async fn begin(registry: &Registry, request: &str, headers: &str) -> Self {
        let mut stream = TcpStream::connect(registry.name()).await.unwrap();
        let text = format!("{request} HTTP/1.1\r\nhost: r\r\nconnection: close\r\nuser-agent: puller\r\n{headers}\r\n");
        stream.write_all(text.as_bytes()).await.unwrap();
        Self(stream)
    }

    /// Everything until the connection ends.
    async fn end(mut self) -> Answer {
        let mut all = Vec::new();
        // Where it breaks is seen by what is missing.
        let _ = tokio::time::timeout(DEADLINE, self.0.read_to_end(&mut all)).await.expect("an end");
        let split = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        let body = all.split_off(split);
        Answer { head: String::from_utf8(all).unwrap(), body }
    }

    /// What has arrived once at least so much has.
    async fn so_far(&mut self, least: usize) -> Vec<u8> {
        let mut bytes = vec![0; 65536];
        let mut filled = 0;
        while filled < least {
            filled += tokio::time::timeout(DEADLINE, self.0.read(&mut bytes[filled..])).await.unwrap().unwrap();
        }
        bytes.truncate(filled);
        bytes
    }
}

async fn get(registry: &Registry, path: &str) -> Answer {
    Pull::begin(registry, &format!("GET /v2/{path}"), "").await.end().await
}

/// Where the config of the image is, which is its own.
async fn config(registry: &Registry, image: &Name) -> String {
    let manifest = get(registry, &format!("{}/manifests/latest", repository(image))).await.json();
    format!("{}/blobs/{}", repository(image), manifest["config"]["digest"].as_str().unwrap())
}

#[tokio::test]
async fn an_image_is_found_by_its_tag_and_by_its_digest() {
    let registry = registry().await;
    let image = registry.reference("Case-1", "A");
    assert_eq!(repository(&image), "fnconform/case-1/a");
    assert_eq!(set(&registry, &image, "r1", Condition::Ready).await, Effect::Done);
    let code = registry.code("r1");
    let path = format!("{}/manifests", repository(&image));
    let head = Pull::begin(&registry, &format!("HEAD /v2/{path}/latest?ns=r.example"), "").await.end().await;
    assert_eq!((head.status(), head.header("docker-content-digest"), head.body.len()), ("200", &*code, 0));
    for reference in ["latest", &code] {
        let answer = get(&registry, &format!("{path}/{reference}")).await;
        assert_eq!(answer.header("content-type"), "application/vnd.oci.image.manifest.v1+json");
        assert_eq!(answer.header("content-length"), head.header("content-length"));
        assert_eq!(answer.header("docker-content-digest"), &*code);
    }
    let manifest = get(&registry, &format!("{path}/latest")).await.json();
    let layers = manifest["layers"].as_array().unwrap();
    for blob in layers.iter().chain([&manifest["config"]]) {
        let at = format!("GET /v2/{}/blobs/{}", repository(&image), blob["digest"].as_str().unwrap());
        let whole = Pull::begin(&registry, &at, "").await.end().await;
        assert_eq!(whole.body.len() as u64, blob["size"].as_u64().unwrap());
        let part = Pull::begin(&registry, &at, "range: bytes=10-19\r\n").await.end().await;
        assert_eq!((part.status(), &part.body[..]), ("206", &whole.body[10..20]));
    }
    assert_eq!(
        get(&registry, &config(&registry, &image).await).await.json()["config"]["Labels"]["org.fnconform.revision"],
        "r1"
    );
    let tags = get(&registry, &format!("{}/tags/list", repository(&image))).await.json();
    assert_eq!(tags["tags"], serde_json::json!(["latest"]));
}

#[tokio::test]
async fn what_is_not_there_is_refused_as_the_specification_says() {
    let registry = registry().await;
    let image = registry.reference("c", "A");
    set(&registry, &image, "r1", Condition::Ready).await;
    for (request, status, code) in [
        ("GET /v2/fnconform/c/b/manifests/latest", "404", "NAME_UNKNOWN"),
        ("GET /v2/fnconform/c/a/manifests/v1", "404", "MANIFEST_UNKNOWN"),
        ("GET /v2/fnconform/c/a/blobs/sha256:00", "404", "BLOB_UNKNOWN"),
        ("POST /v2/fnconform/c/a/blobs/uploads/", "405", "UNSUPPORTED"),
        ("DELETE /v2/fnconform/c/a/manifests/latest", "405", "UNSUPPORTED"),
    ] {
        let answer = Pull::begin(&registry, request, "content-length: 0\r\n").await.end().await;
        assert_eq!((answer.status(), answer.json()["errors"][0]["code"].as_str()), (status, Some(code)), "{request}");
    }
    assert_eq!(get(&registry, "").await.status(), "200");
}

#[tokio::test]
async fn a_held_pull_goes_on_when_the_image_is_ready() {
    let registry = registry().await;
    let image = registry.reference("c", "A");
    set(&registry, &image, "r1", Condition::Held).await;
    let config = config(&registry, &image).await;
    let mut pull = Pull::begin(&registry, &format!("GET /v2/{config}"), "").await;
    // A byte shows that it is being sent; it stays incomplete until the image is ready.
    let mut bytes = pull.so_far(1).await;
    while !bytes.ends_with(b"\r\n\r\n{") {
        bytes.extend(pull.so_far(1).await);
    }
    assert_eq!(set(&registry, &image, "r1", Condition::Ready).await, Effect::Done);
    let mut rest = Vec::new();
    pull.0.read_to_end(&mut rest).await.unwrap();
    let json: Value = serde_json::from_slice(&[b"{".as_slice(), &rest].concat()).unwrap();
    assert_eq!(json["config"]["Labels"]["org.fnconform.revision"], "r1");
}

#[tokio::test]
async fn a_held_pull_breaks_when_the_image_fails_and_then_it_is_refused() {
    for (revision, status) in [("r0", "500"), ("r1", "401"), ("r2", "404")] {
        let registry = registry().await;
        let image = registry.reference("c", "A");
        set(&registry, &image, revision, Condition::Held).await;
        let config = config(&registry, &image).await;
        let pull = Pull::begin(&registry, &format!("GET /v2/{config}"), "").await;
        assert_eq!(set(&registry, &image, revision, Condition::Failing).await, Effect::Done);
        // Whether the answer had begun or not, it does not bring the whole.
        let answer = pull.end().await;
        assert!(answer.status() == status || serde_json::from_slice::<Value>(&answer.body).is_err(), "{}", answer.head);
        assert_eq!(get(&registry, &config).await.status(), status, "{revision}");
    }
}

#[tokio::test]
async fn what_was_pulled_cannot_be_held_nor_be_deleted_while_it_is_prepared() {
    let registry = registry().await;
    let image = registry.reference("c", "A");
    let tag = RequestTag { run: "test".into(), case: "c".into(), step: 1 };
    set(&registry, &image, "r1", Condition::Ready).await;
    let config = config(&registry, &image).await;
    assert_eq!(get(&registry, &config).await.status(), "200");
    for condition in [Condition::Held, Condition::Failing] {
        assert!(matches!(set(&registry, &image, "r1", condition).await, Effect::Impossible(_)));
    }
    let while_prepared = registry.set(&image, &Content::MISSING, Meanwhile::Preparation, &tag, DEADLINE).await;
    assert!(matches!(while_prepared, Effect::Impossible(_)), "{while_prepared:?}");
    assert_eq!(set(&registry, &image, "r1", Condition::Missing).await, Effect::Done);
    assert_eq!(get(&registry, &config).await.status(), "404");
}

/// Who was refused may be about to fail, whatever becomes of the image now.
#[tokio::test]
async fn what_was_refused_is_not_ready_after_all_for_who_prepares_it() {
    let registry = registry().await;
    let image = registry.reference("case", "a");
    assert_eq!(set(&registry, &image, "r1", Condition::Failing).await, Effect::Done);
    let manifest = format!("fnconform/case/a/manifests/{}", registry.code("r1"));
    let ready = Content { code: Some(registry.code("r1")), condition: Condition::Ready };
    let tag = RequestTag { run: "test".into(), case: "c".into(), step: 1 };
    let again = async || registry.set(&image, &ready, Meanwhile::Preparation, &tag, DEADLINE).await;
    assert_eq!(again().await, Effect::Done);
    assert_eq!(set(&registry, &image, "r1", Condition::Failing).await, Effect::Done);
    assert_ne!(get(&registry, &manifest).await.status(), "200");
    assert!(matches!(again().await, Effect::Impossible(_)));
    // Nobody prepares it any more, so nobody is about to fail.
    assert_eq!(set(&registry, &image, "r1", Condition::Ready).await, Effect::Done);
    assert_eq!(get(&registry, &manifest).await.status(), "200");
}

#[tokio::test]
async fn a_reply_is_known_in_all_its_forms() {
    let registry = registry().await;
    let code = registry.code("r1");
    for reply in ["r1", &code, "\"r1\"", r#"{"revision":"r1"}"#] {
        assert_eq!(registry.served(reply), Some(code.clone()), "{reply}");
    }
    for reply in ["r2", "", "{}", r#"{"revision":1}"#] {
        assert_eq!(registry.served(reply), Some(reply.into()), "{reply}: it comes from code that is none of ours");
    }
    assert_eq!(registry.reported(&"sha256:00".into()), Name::from("sha256:00"));
}

#[tokio::test]
async fn who_is_active_without_having_pulled_is_not_bound() {
    let registry = registry().await;
    let image = registry.reference("c", "A");
    set(&registry, &image, "r1", Condition::Ready).await;
    get(&registry, &format!("{}/manifests/latest", repository(&image))).await;
    assert!(registry.offered().contains_all(&[Lever::Hold, Lever::Fail]));
    registry.seen_prepared(&image);
    registry.was_tried();
    assert_eq!(registry.offered().to_string(), "publish, delete");
    assert!(registry.notes().iter().any(|note| note.contains("hold and fail do not bind it")));
}
