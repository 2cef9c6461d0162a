//! `fnconform-oci-client IMAGE DIGEST REVISION`: pulls an image as others do, and says whether it is what it should be.

use oci_client::client::{ClientConfig, ClientProtocol};
use oci_client::manifest::IMAGE_LAYER_GZIP_MEDIA_TYPE;
use oci_client::secrets::RegistryAuth::Anonymous;
use oci_client::{Client, Reference};
use std::error::Error;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [image, digest, revision] = words.as_slice() else { return Err("usage: IMAGE DIGEST REVISION".into()) };
    let image: Reference = image.parse()?;
    let client = Client::new(ClientConfig { protocol: ClientProtocol::Http, ..ClientConfig::default() });
    assert_eq!(&client.fetch_manifest_digest(&image, &Anonymous).await?, digest);
    let pulled = client.pull(&image, &Anonymous, vec![IMAGE_LAYER_GZIP_MEDIA_TYPE]).await?;
    assert_eq!(pulled.digest.as_ref(), Some(digest));
    assert_eq!(pulled.layers.len(), 2);
    let config: serde_json::Value = serde_json::from_slice(&pulled.config.data)?;
    assert_eq!(config["config"]["Labels"]["org.fnconform.revision"].as_str(), Some(revision.as_str()));
    println!("{image} is {revision}");
    Ok(())
}
