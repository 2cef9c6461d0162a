//! The hosted registry on its own, for tools that read from registries: `cargo run --example registry -- ADDR REVISION…`
//!
//! Each revision is an image, `HOST:PORT/fnconform/images/REVISION:latest`; a line says which, and with which digest.
//! It serves until its standard input ends.

use fnconform::driver::RequestTag;
use fnconform::history::{Condition, Content};
use fnconform::lever::registry::{Architecture, Registry};
use fnconform::lever::{Images as _, Meanwhile};
use std::error::Error;
use std::io::Read as _;
use std::time::Duration;

#[tokio::main]
#[allow(clippy::print_stdout, reason = "what it prints is what it is for")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let address = words.next().ok_or("usage: registry ADDR REVISION…")?;
    let registry = Registry::start(address.parse()?, None, Architecture::Amd64).await?;
    let tag = RequestTag { run: "example".into(), case: "images".into(), step: 1 };
    for revision in words {
        let (image, code) = (registry.reference("images", &revision), registry.code(&revision));
        let content = Content { code: Some(code.clone()), condition: Condition::Ready };
        registry.set(&image, &content, Meanwhile::Nothing, &tag, Duration::ZERO).await;
        println!("{image} {code}");
    }
    println!("listening on http://{}", registry.name());
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    registry.stop();
    Ok(())
}
