//! Between the HTTP library's requests and answers and the plain ones of the dialects.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::behaviour::Delivery;
use crate::driver::{ApiError, HttpRequest, HttpResponse};

/// The largest body that a synchronous invocation may have, in bytes.
const LARGEST_BODY: usize = 32 * 1024 * 1024;

/// The request as plain data, its body read to the end.
pub(super) async fn plain(request: Request) -> Result<HttpRequest, ApiError> {
    let (parts, body) = request.into_parts();
    let invalid =
        |message: &str| ApiError { status: 400, code: "InvalidArgument".to_owned(), message: message.to_owned() };
    let method = [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::HEAD, Method::PATCH, Method::OPTIONS]
        .into_iter()
        .zip(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"])
        .find(|(method, _)| *method == parts.method)
        .map(|(_, name)| name)
        .ok_or_else(|| invalid("the method of the request is not known."))?;
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let body = to_bytes(body, LARGEST_BODY).await.map_err(|_| invalid("the body of the request cannot be read."))?;
    Ok(HttpRequest { method, path, headers, body: body.into() })
}

/// The answer in the HTTP library's form.
pub(super) fn rendered(answer: HttpResponse, delivery: Delivery) -> Response {
    let body = match delivery {
        // A stream has no length that is known beforehand, so it goes out in chunks.
        Delivery::Chunked => Body::from_stream(Body::from(answer.body).into_data_stream()),
        Delivery::Plain | Delivery::Close => Body::from(answer.body),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        // The length is the library's to tell.
        if name == "content-length" {
            continue;
        }
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    if delivery == Delivery::Close {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
