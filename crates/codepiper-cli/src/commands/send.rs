use std::io::Read as _;
use std::path::{Path, PathBuf};

use codepiper_api::{ErrorBody, SendKind, SendRequest, SendResponse, UploadedImage};
use codepiper_model::{ReceiptStatus, SessionId, Trouble};

use super::Context;
use crate::cli::Send;
use crate::error::CliError;
use crate::{output, resolve};

pub(super) async fn run(context: &Context, args: Send) -> Result<(), CliError> {
    let session = resolve::session(&context.client, &args.session).await?;
    let text = if args.text == "-" && args.more.is_empty() {
        standard_input()?
    } else {
        [&[args.text], args.more.as_slice()].concat().join(" ")
    };
    let mut images = Vec::new();
    for image in &args.image {
        images.push(upload(context, session.id, image).await?);
    }
    let request = SendRequest {
        text,
        images,
        newline: !args.no_newline,
        kind: SendKind::Prompt,
        key: args.key,
        steer: args.steer,
        wait: args.wait,
        timeout_ms: args.timeout.map(super::wait::millis).transpose()?,
    };
    let answer = context
        .client
        .post(&format!("/sessions/{}/send", session.id), &request)
        .await?;
    let sent: SendResponse = serde_json::from_value(answer.clone())?;
    if context.json {
        output::json(&answer)?;
    } else if let Some(reply) = &sent.reply {
        output::line(reply)?;
    } else if !args.wait {
        let status = serde_json::to_value(sent.receipt.status)?;
        output::line(status.as_str().unwrap_or_default())?;
    }
    outcome(&sent, args.wait)
}

/// Hands a picture over, and returns where it is then.
async fn upload(context: &Context, session: SessionId, image: &Path) -> Result<PathBuf, CliError> {
    let path = format!("/sessions/{session}/upload-image");
    let answer = context.client.upload(&path, fs_err::read(image)?).await?;
    let UploadedImage { path, .. } = serde_json::from_value(answer)?;
    Ok(path)
}

/// What the exit code says of a prompt that was waited for.
fn outcome(sent: &SendResponse, waited: bool) -> Result<(), CliError> {
    let reason = sent.receipt.reason.as_deref();
    if !waited || sent.receipt.status == ReceiptStatus::TurnDone && reason.is_none() {
        return Ok(());
    }
    let reason = reason.unwrap_or("unknown");
    Err(match reason {
        "session_ended" => CliError::Ended(ErrorBody::new(
            "session_ended",
            "the session ended before the turn did",
        )),
        "interrupted" => CliError::failed("interrupted", "somebody interrupted the turn"),
        "timeout" => CliError::TimedOut(ErrorBody::new("timeout", "the turn is not over yet")),
        "needs_permission" | "needs_input" => {
            let body = ErrorBody::new(reason, "the agent waits for a person");
            CliError::NeedsPerson(
                body.with_hint("`codepiper approvals` lists what can be approved; the rest is answered in `codepiper attach` or with `codepiper keys`"),
            )
        }
        "rejected" => CliError::failed("rejected", "somebody refused what the agent asked for"),
        other => match Trouble::kind_of_reason(other) {
            Some(kind) if kind.needs_person() => CliError::NeedsPerson(ErrorBody::new(
                kind.as_str(),
                format!("the turn failed: {other}"),
            )),
            Some(kind) => CliError::failed(kind.as_str(), format!("the turn failed: {other}")),
            None => CliError::failed("not_done", format!("the turn did not end well: {other}")),
        },
    })
}

fn standard_input() -> Result<String, CliError> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    String::from_utf8(bytes).map_err(|_| CliError::usage("standard input is not UTF-8"))
}
