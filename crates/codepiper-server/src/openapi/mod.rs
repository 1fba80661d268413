//! The one description of the API, gathered from the routes: `docs/openapi.json` is what it says,
//! and the dashboard's types are made of that.

mod polish;
#[cfg(test)]
mod tests;

use axum::Json;
use codepiper_api::{ExportFormat, HubRequest, TerminalMessage, TerminalRequest};
use codepiper_model::EntryKind;
use serde_json::{Value, json};
use utoipa::OpenApi as _;

use crate::{routes, web};

/// What stands around the routes, and the types that are found with no route: those of parameters,
/// and the messages on `WebSockets`.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "CodePiper",
        version = "1",
        description = "The API of the daemon: on the web below `/api`, for whoever is signed in there (the cookie of `POST /auth/login`); on the Unix socket, which only its owner can open, without that prefix. Times are ISO 8601 in UTC. A request with a field that is not known is refused."
    ),
    servers((url = "/api", description = "On the web")),
    components(schemas(EntryKind, ExportFormat, HubRequest, TerminalMessage, TerminalRequest))
)]
struct Frame;

/// The document.
pub(crate) fn document() -> Value {
    let gathered = Frame::openapi()
        .merge_from(web::described())
        .merge_from(routes::described().into_openapi());
    let mut document = json!(gathered);
    polish::polish(&mut document);
    document
}

/// Shows this document. It is made when it is asked for: few ask.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "daemon",
    operation_id = "document",
    responses((status = 200, description = "An OpenAPI document", body = Object))
)]
pub(crate) async fn show() -> Json<Value> {
    Json(document())
}
