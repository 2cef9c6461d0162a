//! The images that the registry serves: each revision is one of its own, and the same in every run on every machine.
//!
//! An image is a program that answers with its revision. The revision stands in the config, as a label and in the
//! environment, and in a layer of its own, so that no cache of layers makes a pull needless. Nothing here knows of
//! requests or conditions.
//!
//! One manifest for one platform: every client can pull it, and what it reports as the digest is that of the tag. It
//! exists in two forms, because some clients take only the one or the other; configuration and layers are shared.

use flate2::{Compression, GzBuilder};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::sync::Arc;

/// The label that carries the revision.
pub const REVISION_LABEL: &str = "org.fnconform.revision";

/// The variable of the environment that carries it.
pub const REVISION_VARIABLE: &str = "FNCONFORM_REVISION";

/// The port that the program listens on if nobody says otherwise, which is what Function Compute takes for granted.
const PORT: u16 = 9000;

/// The processors that the program is built for. Function Compute runs the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Architecture {
    /// x86-64.
    #[default]
    Amd64,
    /// 64-bit Arm.
    Arm64,
}

impl Architecture {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Amd64, Self::Arm64];

    /// The word for it in images.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }

    const fn program(self) -> &'static [u8] {
        match self {
            Self::Amd64 => include_bytes!("answer/answer-amd64"),
            Self::Arm64 => include_bytes!("answer/answer-arm64"),
        }
    }
}

/// The form of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// That of the OCI image specification.
    Oci,
    /// Docker's, version 2, schema 2.
    Docker,
}

impl Form {
    /// The media types of manifest, config and layers.
    #[must_use]
    pub const fn media_types(self) -> [&'static str; 3] {
        match self {
            Self::Oci => [
                "application/vnd.oci.image.manifest.v1+json",
                "application/vnd.oci.image.config.v1+json",
                "application/vnd.oci.image.layer.v1.tar+gzip",
            ],
            Self::Docker => [
                "application/vnd.docker.distribution.manifest.v2+json",
                "application/vnd.docker.container.image.v1+json",
                "application/vnd.docker.image.rootfs.diff.tar.gzip",
            ],
        }
    }
}

/// Bytes with their digest.
#[derive(Debug, Clone)]
pub struct Blob {
    /// `sha256:` and 64 hexadecimal digits.
    pub digest: String,
    /// The bytes.
    pub bytes: bytes::Bytes,
}

impl Blob {
    fn of(bytes: Vec<u8>) -> Self {
        Self { digest: digest_of(&bytes), bytes: bytes.into() }
    }
}

fn digest_of(bytes: &[u8]) -> String {
    let mut text = "sha256:".to_owned();
    for byte in Sha256::digest(bytes) {
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// The image of a revision.
#[derive(Debug)]
pub struct Image {
    /// The revision.
    pub revision: String,
    oci: Blob,
    docker: Blob,
    config: Blob,
    /// What no other image has.
    own: Blob,
    program: Arc<Layer>,
}

/// A layer, and what its bytes are before they are compressed.
#[derive(Debug)]
pub struct Layer {
    blob: Blob,
    plain: String,
}

impl Layer {
    /// The layer with the program, which all images of an architecture share.
    ///
    /// # Errors
    /// None that can happen in memory.
    pub fn program(architecture: Architecture) -> io::Result<Self> {
        Self::of("answer", 0o755, architecture.program())
    }

    /// A layer of one file.
    fn of(name: &str, mode: u32, content: &[u8]) -> io::Result<Self> {
        let mut header = tar::Header::new_ustar();
        header.set_path(name)?;
        header.set_size(u64::try_from(content.len()).unwrap_or(u64::MAX));
        header.set_mode(mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        let mut archive = tar::Builder::new(Vec::new());
        archive.append(&header, content)?;
        let plain = archive.into_inner()?;
        // What is stored is the same whichever compressor is built in, and there is next to nothing to gain.
        let mut writer = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::none());
        writer.write_all(&plain)?;
        Ok(Self { plain: digest_of(&plain), blob: Blob::of(writer.finish()?) })
    }
}

impl Image {
    /// The image of a revision, with the layer of the program.
    ///
    /// # Errors
    /// None that can happen in memory.
    pub fn of(revision: &str, architecture: Architecture, program: &Arc<Layer>) -> io::Result<Self> {
        let own = Layer::of("revision", 0o644, revision.as_bytes())?;
        let config = Config {
            created: "1970-01-01T00:00:00Z",
            architecture: architecture.as_str(),
            os: "linux",
            config: Run {
                exposed: BTreeMap::from([(format!("{PORT}/tcp"), Nothing {})]),
                environment: vec!["PATH=/".to_owned(), format!("{REVISION_VARIABLE}={revision}")],
                entrypoint: ["/answer"],
                working_directory: "/",
                labels: BTreeMap::from([(REVISION_LABEL, revision)]),
            },
            rootfs: RootFs { kind: "layers", diff_ids: [&program.plain, &own.plain] },
            history: [History { created_by: "answer" }, History { created_by: "revision" }],
        };
        let config = Blob::of(serde_json::to_vec(&config)?);
        let manifest = |form: Form| -> io::Result<Blob> {
            let [kind, config_type, layer_type] = form.media_types();
            let layers = [&program.blob, &own.blob].map(|blob| Descriptor::of(layer_type, blob));
            let config = Descriptor::of(config_type, &config);
            Ok(Blob::of(serde_json::to_vec(&Manifest { schema_version: 2, media_type: kind, config, layers })?))
        };
        let (oci, docker) = (manifest(Form::Oci)?, manifest(Form::Docker)?);
        Ok(Self { revision: revision.to_owned(), oci, docker, config, own: own.blob, program: Arc::clone(program) })
    }

    /// What its tag stands for: the digest of its manifest in the OCI form.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.oci.digest
    }

    /// Every digest by which it can be known: of its manifests, and of its config, which some take for its name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [&self.oci, &self.docker, &self.config].into_iter().map(|blob| blob.digest.as_str())
    }

    /// The manifest in that form.
    #[must_use]
    pub const fn manifest(&self, form: Form) -> &Blob {
        match form {
            Form::Oci => &self.oci,
            Form::Docker => &self.docker,
        }
    }

    /// The manifest of that digest, and its form.
    #[must_use]
    pub fn manifest_of(&self, digest: &str) -> Option<(Form, &Blob)> {
        let forms = [Form::Oci, Form::Docker].into_iter().map(|form| (form, self.manifest(form)));
        forms.into_iter().find(|(_, blob)| blob.digest == digest)
    }

    /// The blob of that digest, and whose it is.
    #[must_use]
    pub fn blob(&self, digest: &str) -> Option<(Share, &Blob)> {
        let blobs = [(Share::Own, &self.config), (Share::Own, &self.own), (Share::Common, &self.program.blob)];
        blobs.into_iter().find(|(_, blob)| blob.digest == digest)
    }
}

/// Whose a blob is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// This image's alone.
    Own,
    /// That of all images.
    Common,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Manifest<'a> {
    schema_version: u8,
    media_type: &'a str,
    config: Descriptor<'a>,
    layers: [Descriptor<'a>; 2],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor<'a> {
    media_type: &'a str,
    digest: &'a str,
    size: usize,
}

impl<'a> Descriptor<'a> {
    fn of(media_type: &'a str, blob: &'a Blob) -> Self {
        Self { media_type, digest: &blob.digest, size: blob.bytes.len() }
    }
}

#[derive(Serialize)]
struct Config<'a> {
    created: &'a str,
    architecture: &'a str,
    os: &'a str,
    config: Run<'a>,
    rootfs: RootFs<'a>,
    history: [History<'a>; 2],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Run<'a> {
    #[serde(rename = "ExposedPorts")]
    exposed: BTreeMap<String, Nothing>,
    #[serde(rename = "Env")]
    environment: Vec<String>,
    entrypoint: [&'a str; 1],
    #[serde(rename = "WorkingDir")]
    working_directory: &'a str,
    labels: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
struct RootFs<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    diff_ids: [&'a str; 2],
}

#[derive(Serialize)]
struct History<'a> {
    created_by: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(revision: &str, architecture: Architecture) -> Image {
        Image::of(revision, architecture, &Arc::new(Layer::program(architecture).unwrap())).unwrap()
    }

    #[test]
    fn a_revision_is_the_same_image_on_every_machine() {
        let digests = Architecture::ALL.map(|architecture| image("r1", architecture).digest().to_owned());
        // Another digest is another image to everyone who has pulled it: a new program, or another way to write it down.
        assert_eq!(
            digests,
            [
                "sha256:be9133e559ee8d9ab80a55c6139b404fd58fc9602e9ea991d27047a94289ea2f",
                "sha256:64b3802147b8775005fc77a8015c4769f8811fa95fe8e303116019011c12ac8d",
            ]
        );
    }

    #[test]
    fn no_two_revisions_share_more_than_the_program() {
        let [one, other] = ["r1", "r2"].map(|revision| image(revision, Architecture::Amd64));
        assert!(one.names().all(|name| other.names().all(|theirs| name != theirs)));
        assert!(other.blob(&one.own.digest).is_none() && other.blob(&one.config.digest).is_none());
        assert_eq!(other.blob(&one.program.blob.digest).unwrap().0, Share::Common);
    }

    #[test]
    fn the_config_says_how_to_run_it() {
        let config: serde_json::Value = serde_json::from_slice(&image("r1", Architecture::Arm64).config.bytes).unwrap();
        assert_eq!(config["architecture"], "arm64");
        assert_eq!(config["config"]["Labels"][REVISION_LABEL], "r1");
        assert_eq!(config["config"]["Entrypoint"], serde_json::json!(["/answer"]));
        assert_eq!(config["config"]["ExposedPorts"], serde_json::json!({ "9000/tcp": {} }));
    }
}
