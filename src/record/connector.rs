//! How connections to the endpoint come about: TCP, and TLS over it where the endpoint wants it and it is built in.
//!
//! It must not know what passes on them.

use super::target::Target;
use crate::driver::{ClientError, Trust};
use hyper_util::client::legacy::connect::HttpConnector;
use std::time::Duration;

/// How long a connection to the endpoint may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

#[cfg(feature = "tls")]
pub(super) use tls::{Connector, connector};

/// What makes the connections.
#[cfg(not(feature = "tls"))]
pub(super) type Connector = HttpConnector;

/// What makes the connections; an endpoint that needs TLS is no target to begin with.
#[cfg(not(feature = "tls"))]
pub(super) fn connector(_: &Target, _: &Trust) -> Result<Connector, ClientError> {
    Ok(tcp())
}

fn tcp() -> HttpConnector {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
    connector
}

#[cfg(feature = "tls")]
mod tls {
    use super::{CONNECT_TIMEOUT, ClientError, Target, Trust, tcp};
    use crate::driver::client::trust;
    use hyper::Uri;
    use hyper_rustls::{HttpsConnectorBuilder, MaybeHttpsStream};
    use hyper_util::rt::TokioIo;
    use tokio::net::TcpStream;
    use tower::BoxError;
    use tower::timeout::Timeout;
    use tower::util::BoxCloneSyncService;

    /// What makes the connections.
    pub(in crate::record) type Connector = BoxCloneSyncService<Uri, MaybeHttpsStream<TokioIo<TcpStream>>, BoxError>;

    /// What makes the connections to this target, if it is believed.
    ///
    /// # Errors
    /// If there is nobody to trust.
    pub(in crate::record) fn connector(target: &Target, trusted: &Trust) -> Result<Connector, ClientError> {
        let config = if target.needs_tls() { trust::config(trusted)? } else { trust::idle_config()? };
        let mut tcp = tcp();
        // Which of the two it is the TLS connector asks.
        tcp.enforce_http(false);
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1().wrap_connector(tcp);
        // A handshake may hang as well.
        Ok(BoxCloneSyncService::new(Timeout::new(connector, CONNECT_TIMEOUT)))
    }
}
