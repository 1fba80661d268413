//! Pictures for agents.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use codepiper_api::{ErrorBody, UploadedImage};
use codepiper_engine::Engine;
use futures_util::stream;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Id, read_body};

/// The largest picture; bytes.
const IMAGE_MAX: usize = 10 * 1024 * 1024;

/// What a form has around it.
const FORM_MAX: usize = 16 * 1024;

/// A form with a picture.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described")]
pub(crate) struct UploadImageForm {
    /// PNG, JPEG, GIF or WebP, whatever it is called; at most 10 MiB.
    #[schema(value_type = String, format = Binary)]
    image: Vec<u8>,
}

/// Keeps a picture for a session's agent, which is then named in a prompt. It comes in a form, or as
/// the body itself.
#[utoipa::path(
    post,
    path = "/sessions/{id}/upload-image",
    tag = "sessions",
    params(Id),
    request_body(content = UploadImageForm, content_type = "multipart/form-data"),
    responses((status = 200, body = UploadedImage))
)]
pub(crate) async fn upload(
    State(engine): State<Engine>,
    Id(id): Id,
    request: Request,
) -> Result<Json<UploadedImage>, ApiError> {
    let kind = request.headers().get(CONTENT_TYPE).cloned();
    let body = read_body(request, IMAGE_MAX + FORM_MAX).await?;
    let kind = kind.as_ref().and_then(|kind| kind.to_str().ok());
    let bytes = match kind.map(multer::parse_boundary) {
        Some(Ok(boundary)) => field(body, boundary).await?,
        _ => body,
    };
    if bytes.len() > IMAGE_MAX {
        let message = format!("the picture has more than {} MiB", IMAGE_MAX >> 20);
        let body = ErrorBody::new("too_large", message);
        return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, body));
    }
    let Some(uploaded) = engine.sessions.upload_image(id, bytes).await? else {
        let body = ErrorBody::new("no_picture", "it is no PNG, JPEG, GIF or WebP");
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, body));
    };
    Ok(Json(UploadedImage {
        path: uploaded.path,
        filename: uploaded.filename,
    }))
}

/// The picture in a form.
async fn field(body: Vec<u8>, boundary: String) -> Result<Vec<u8>, ApiError> {
    let whole = stream::iter([Ok::<_, std::convert::Infallible>(body)]);
    let mut form = multer::Multipart::new(whole, boundary);
    let broken = |error: multer::Error| {
        ApiError::bad_request("invalid_request", None, format!("the form: {error}"))
    };
    while let Some(field) = form.next_field().await.map_err(broken)? {
        if field.name() == Some("image") {
            return Ok(field.bytes().await.map_err(broken)?.to_vec());
        }
    }
    let message = "the form has no field `image`";
    Err(ApiError::bad_request(
        "invalid_request",
        Some("image".to_owned()),
        message,
    ))
}
