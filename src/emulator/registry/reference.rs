//! Where an image reference says that its image is.

use crate::history::Name;

/// Where an image is pulled from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The base URL of the registry.
    pub(super) base: String,
    /// The repository.
    pub(super) repository: String,
    /// The tag or digest.
    pub(super) tag: String,
}

/// The place that a reference names; `base` is the registry to ask whatever host it names. `None` if none is named.
pub(super) fn place(reference: &Name, base: Option<&str>) -> Option<Place> {
    let (host, path) = match reference.split_once('/') {
        // The first part is a host only if it looks like one, as everywhere.
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (Some(host), path),
        _ => (None, &**reference),
    };
    let base = base.map(str::to_owned).or_else(|| host.map(|host| format!("http://{host}")))?;
    let (repository, tag) = match path.split_once('@') {
        Some((named, digest)) => (named.rsplit_once(':').map_or(named, |(name, _)| name), digest),
        None => path.rsplit_once(':').unwrap_or((path, "latest")),
    };
    Some(Place { base, repository: repository.to_owned(), tag: tag.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_names_registry_repository_and_tag() {
        for (reference, base, expected) in [
            ("127.0.0.1:5000/a/b:v1", None, Some(("http://127.0.0.1:5000", "a/b", "v1"))),
            ("localhost/a", None, Some(("http://localhost", "a", "latest"))),
            ("r.example/a:v1@sha256:00", None, Some(("http://r.example", "a", "sha256:00"))),
            ("r.example/a:v1", Some("http://mirror:1"), Some(("http://mirror:1", "a", "v1"))),
            ("library/a:v1", Some("http://mirror:1"), Some(("http://mirror:1", "library/a", "v1"))),
            ("library/a:v1", None, None),
        ] {
            let place = place(&reference.into(), base);
            let place = place.as_ref().map(|place| (&*place.base, &*place.repository, &*place.tag));
            assert_eq!(place, expected, "{reference}");
        }
    }
}
