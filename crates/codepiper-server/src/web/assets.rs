//! The dashboard's files, which are inside the binary.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use codepiper_api::ErrorBody;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::error::ApiError;

/// What `scripts/web` builds. Without it the crate builds too, and the dashboard says so.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

const PAGE: &str = "index.html";

/// A file, compressed where the browser reads that: the build has put `.br` and `.gz` beside it. A
/// path without a file is a place inside the page.
pub(super) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let body = ErrorBody::new("method_not_allowed", "the dashboard's files are only read");
        return ApiError::new(StatusCode::METHOD_NOT_ALLOWED, body).into_response();
    }
    let path = uri.path().trim_start_matches('/');
    let is_place = !path.rsplit('/').next().unwrap_or_default().contains('.');
    let name = if is_place { PAGE } else { path };
    let Some((file, encoding)) = find(name, &headers) else {
        return missing(name);
    };
    let tag = tag(&file, encoding);
    let mut response = if headers.get(IF_NONE_MATCH) == Some(&tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let body = match file.data {
            Cow::Borrowed(bytes) => Body::from(bytes),
            Cow::Owned(bytes) => Body::from(bytes),
        };
        Response::new(body)
    };
    let is_hashed = name.starts_with("assets/");
    let caching = if is_hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let answered = response.headers_mut();
    answered.insert(CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
    answered.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    answered.insert(VARY, HeaderValue::from_static("accept-encoding"));
    answered.insert(ETAG, tag);
    if let Some(encoding) = encoding {
        answered.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

fn find(name: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = headers
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    let accepted = accepted.unwrap_or_default();
    for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
        if accepts(accepted, encoding)
            && let Some(file) = Files::get(&format!("{name}.{ending}"))
        {
            return Some((file, Some(encoding)));
        }
    }
    Files::get(name).map(|file| (file, None))
}

fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|part| {
        let (name, quality) = part.split_once(';').unwrap_or((part, ""));
        name.trim() == encoding && quality.trim() != "q=0"
    })
}

fn missing(name: &str) -> Response {
    let body = if name == PAGE {
        ErrorBody::new(
            "no_dashboard",
            "this binary was built without its dashboard",
        )
        .with_hint("`make run` builds it, and the binary around it")
    } else {
        let shown: String = name.chars().take(200).collect();
        ErrorBody::new("not_found", format!("there is nothing at `/{shown}`"))
    };
    ApiError::new(StatusCode::NOT_FOUND, body).into_response()
}

fn tag(file: &EmbeddedFile, encoding: Option<&str>) -> HeaderValue {
    let hash = file.metadata.sha256_hash();
    let short = hash
        .first_chunk()
        .map_or(0, |bytes| u64::from_be_bytes(*bytes));
    let text = format!("\"{short:016x}{}\"", encoding.unwrap_or_default());
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// By the name's ending; the dashboard has no other ones.
fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_only_what_it_reads() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("br;q=0.5", "br"));
        assert!(!accepts("br;q=0, gzip", "br"));
        assert!(!accepts("brotli", "br"));
    }
}
