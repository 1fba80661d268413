use axum::body::Body;
use axum::extract::Request;
use axum::http::header::SEC_WEBSOCKET_PROTOCOL;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use codepiper_api::ErrorBody;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use crate::error::ApiError;

/// An open WebSocket.
pub(super) type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// What is read, and written, at once. The standard is sixteen times as much for each socket.
const BUFFER: usize = 8 * 1024;

/// Makes a WebSocket of a request, and has it served. A client that names sub-protocols has to
/// name `protocol`. Messages are at most `message_max` bytes long.
pub(super) fn upgrade<F: Future<Output = ()> + Send + 'static>(
    request: Request,
    protocol: Option<&'static str>,
    message_max: usize,
    serve: impl FnOnce(Socket) -> F + Send + 'static,
) -> Result<Response, ApiError> {
    let made = create_response_with_body(&request, Body::empty);
    let mut response = made.map_err(|error| not_asked(&error.to_string()))?;
    if let Some(protocol) = agreed(request.headers(), protocol)? {
        let name = HeaderValue::from_static(protocol);
        response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, name);
    }
    let config = WebSocketConfig::default()
        .max_message_size(Some(message_max))
        .max_frame_size(Some(message_max))
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER);
    let upgraded = hyper::upgrade::on(request);
    tokio::spawn(async move {
        // Else the client is gone already.
        if let Ok(upgraded) = upgraded.await {
            let io = TokioIo::new(upgraded);
            serve(WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await).await;
        }
    });
    Ok(response)
}

/// The sub-protocol that both speak; none where the client names none.
fn agreed(
    headers: &HeaderMap,
    protocol: Option<&'static str>,
) -> Result<Option<&'static str>, ApiError> {
    let lines = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter();
    let mut offered = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .peekable();
    let (Some(protocol), Some(_)) = (protocol, offered.peek()) else {
        return Ok(None);
    };
    if offered.any(|name| name == protocol) {
        return Ok(Some(protocol));
    }
    let message = format!("the sub-protocol here is `{protocol}`");
    Err(ApiError::bad_request("unknown_protocol", None, message))
}

fn not_asked(why: &str) -> ApiError {
    let message = format!("this is a WebSocket, and the request does not open one: {why}");
    let body = ErrorBody::new("upgrade_required", message);
    ApiError::new(StatusCode::UPGRADE_REQUIRED, body)
}
