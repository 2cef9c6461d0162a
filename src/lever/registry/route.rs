//! What a request asks the registry for: paths of the OCI distribution specification, read side. Pure.
//!
//! Queries say nothing here: the `ns` that mirrors are asked with is the registry's own name.

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route<'a> {
    /// Whether this is a registry.
    Root,
    /// A manifest of a repository, by tag or digest.
    Manifest {
        /// The repository.
        repository: &'a str,
        /// The tag or digest.
        reference: &'a str,
    },
    /// A blob of a repository.
    Blob {
        /// The repository.
        repository: &'a str,
        /// Its digest.
        digest: &'a str,
    },
    /// The tags of a repository.
    Tags {
        /// The repository.
        repository: &'a str,
    },
    /// Something else of the API, which is not offered: uploads, referrers, the catalogue.
    Other,
    /// Nothing of the API.
    Nothing,
}

impl<'a> Route<'a> {
    /// What this path, without its query, asks for.
    #[must_use]
    pub fn of(path: &'a str) -> Self {
        let Some(rest) = path.strip_prefix("/v2") else { return Self::Nothing };
        let Some(rest) = rest.strip_prefix('/').or_else(|| rest.is_empty().then_some("")) else {
            return Self::Nothing;
        };
        if rest.is_empty() {
            return Self::Root;
        }
        // A repository's name may have a part that is called like what stands behind it: the last one counts.
        let split = |word: &str| rest.rsplit_once(word).filter(|(name, last)| !name.is_empty() && !last.is_empty());
        if let Some(repository) = rest.strip_suffix("/tags/list").filter(|name| !name.is_empty()) {
            return Self::Tags { repository };
        }
        match (split("/manifests/"), split("/blobs/")) {
            (Some((repository, reference)), _) if !reference.contains('/') => Self::Manifest { repository, reference },
            (_, Some((repository, digest))) if !digest.contains('/') => Self::Blob { repository, digest },
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_several_segments() {
        let manifest = |repository, reference| Route::Manifest { repository, reference };
        for (path, route) in [
            ("/v2", Route::Root),
            ("/v2/", Route::Root),
            ("/v2/a/manifests/v1", manifest("a", "v1")),
            ("/v2/a/b/c/manifests/sha256:00", manifest("a/b/c", "sha256:00")),
            ("/v2/a/manifests/manifests/v1", manifest("a/manifests", "v1")),
            ("/v2/a/b/blobs/sha256:00", Route::Blob { repository: "a/b", digest: "sha256:00" }),
            ("/v2/a/b/tags/list", Route::Tags { repository: "a/b" }),
            ("/v2/a/blobs/uploads/", Route::Other),
            ("/v2/a/blobs/uploads/1", Route::Other),
            ("/v2/_catalog", Route::Other),
            ("/v1/search", Route::Nothing),
            ("/v22/", Route::Nothing),
            ("/", Route::Nothing),
        ] {
            assert_eq!(Route::of(path), route, "{path}");
        }
    }
}
