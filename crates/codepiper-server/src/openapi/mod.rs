//! The one description of the API, gathered from the routes: `docs/openapi.json` is what it says,
//! and the dashboard's types are made of that.

mod polish;
#[cfg(test)]
mod tests;

use axum::Json;
use codepiper_api::{ExportFormat, HubRequest, TerminalMessage, TerminalRequest};
use codepiper_model::EntryKind;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::{Modify, OpenApi as _};

use crate::{routes, web};

/// What stands around the routes, and the types that are found with no route: those of parameters,
/// and the messages on `WebSockets`.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "CodePiper",
        version = "1",
        description = "The API of the daemon: on the web below `/api`, for who is signed in there; on \
                       the Unix socket, which only its owner can open, without that prefix. Times \
                       are ISO 8601 in UTC. A request with a field that is not known is refused."
    ),
    servers((url = "/api", description = "On the web")),
    security(("signIn" = [])),
    modifiers(&SignedIn),
    components(schemas(EntryKind, ExportFormat, HubRequest, TerminalMessage, TerminalRequest))
)]
struct Frame;

/// Who may ask, where nothing else is said.
struct SignedIn;

impl Modify for SignedIn {
    fn modify(&self, document: &mut OpenApi) {
        let said = "Of `POST /auth/login`; over TLS it is called `__Host-codepiper_session`";
        let cookie = ApiKeyValue::with_description("codepiper_session", said);
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("signIn", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

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
