//! TLS: whose word is taken for it that a server is the endpoint.
//!
//! The only place that knows the TLS library, beside the verifiers next door. Whether it is built in is the cargo feature
//! `tls`; without it nobody is spoken to over https. It must not know what is sent.

use std::path::PathBuf;

/// Whose word is taken for it that a server is the endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Trust {
    /// The authorities that this machine trusts.
    #[default]
    System,
    /// What stands in this PEM file, and nobody else: authorities, or the endpoint's own certificate.
    File(PathBuf),
    /// Nobody is asked: whoever answers is taken for the endpoint.
    Anyone,
}

#[cfg(feature = "tls")]
pub(crate) use built_in::{complaint, config, idle_config};

/// Without TLS there is nothing to complain of.
#[cfg(not(feature = "tls"))]
pub(crate) fn complaint(_: &(dyn std::error::Error + 'static)) -> Option<String> {
    None
}

#[cfg(feature = "tls")]
mod built_in {
    use super::Trust;
    use crate::driver::client::ClientError;
    use crate::driver::client::verifiers::{Anyone, OrItself};
    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::ServerCertVerifier;
    use rustls::crypto::{CryptoProvider, ring};
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use rustls::{ClientConfig, RootCertStore};
    use std::error::Error;
    use std::io;
    use std::path::Path;
    use std::sync::Arc;

    /// How TLS is spoken where this is trusted.
    ///
    /// # Errors
    /// If there is nobody to trust: the file cannot be used, or the machine knows no authorities.
    pub(crate) fn config(trust: &Trust) -> Result<ClientConfig, ClientError> {
        let provider = Arc::new(ring::default_provider());
        let verifier: Arc<dyn ServerCertVerifier> = match trust {
            Trust::System => verifier(authorities()?, &provider).map_err(ClientError::Setup)?,
            Trust::File(path) => {
                let unusable = |reason: String| ClientError::CaFile { path: path.clone(), reason };
                let certificates = certificates(path).map_err(unusable)?;
                let authorities = verifier(certificates.clone(), &provider).map_err(unusable)?;
                Arc::new(OrItself { authorities, certificates })
            }
            Trust::Anyone => Arc::new(Anyone(Arc::clone(&provider))),
        };
        spoken(provider, verifier)
    }

    /// What the HTTP library has to be given for a client that never speaks TLS: it trusts nobody, and costs nothing.
    pub(crate) fn idle_config() -> Result<ClientConfig, ClientError> {
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| ClientError::Setup(error.to_string()))?;
        Ok(config.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
    }

    /// What is wrong with the TLS of whoever answered, if that is why there was no connection.
    pub(crate) fn complaint(error: &(dyn Error + 'static)) -> Option<String> {
        match error.downcast_ref() {
            Some(rustls::Error::InvalidMessage(_)) => return Some("it does not speak TLS there".to_owned()),
            Some(error) => return Some(error.to_string()),
            None => {}
        }
        // What an `io::Error` was made of is none of its sources.
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => complaint(wrapped),
            None => complaint(error.source()?),
        }
    }

    fn spoken(
        provider: Arc<CryptoProvider>,
        verifier: Arc<dyn ServerCertVerifier>,
    ) -> Result<ClientConfig, ClientError> {
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| ClientError::Setup(error.to_string()))?;
        Ok(config.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
    }

    fn verifier(
        certificates: Vec<CertificateDer<'static>>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<WebPkiServerVerifier>, String> {
        let mut roots = RootCertStore::empty();
        // A store of a machine may hold certificates that nobody can read; that is no reason to trust none of it.
        let (_, ignored) = roots.add_parsable_certificates(certificates);
        if roots.is_empty() {
            return Err(format!("none of its {ignored} certificates can be read"));
        }
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
            .build()
            .map_err(|error| error.to_string())
    }

    /// The certificates in the file, of which there is at least one.
    fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
        let text = std::fs::read(path).map_err(|error| error.to_string())?;
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
        match certificates {
            Ok(certificates) if certificates.is_empty() => Err("it holds no certificate in PEM".to_owned()),
            Ok(certificates) => Ok(certificates),
            Err(error) => Err(format!("it is not PEM: {error}")),
        }
    }

    fn authorities() -> Result<Vec<CertificateDer<'static>>, ClientError> {
        let found = rustls_native_certs::load_native_certs();
        if found.certs.is_empty() {
            let reason = found.errors.first().map_or_else(|| "none was found".to_owned(), ToString::to_string);
            return Err(ClientError::NoAuthorities { reason });
        }
        Ok(found.certs)
    }
}
