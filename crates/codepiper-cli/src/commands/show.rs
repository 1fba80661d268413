use codepiper_api::SessionResponse;
use serde_json::Value;

use super::Context;
use crate::cli::One;
use crate::error::CliError;
use crate::{output, resolve};

pub(super) async fn run(context: &Context, args: &One) -> Result<(), CliError> {
    let session = resolve::session(&context.client, &args.session).await?;
    if context.json {
        return output::json(&SessionResponse { session });
    }
    let Value::Object(mut fields) = serde_json::to_value(&session)? else {
        return Ok(());
    };
    if let Some(told) = &session.status_line {
        fields["statusLine"] = told.to_string().into();
    }
    for (name, value) in fields {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text,
            Value::Array(items) if name == "attach" => items
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(" "),
            Value::Array(items) if items.is_empty() => continue,
            Value::Object(map) if map.is_empty() => continue,
            other => other.to_string(),
        };
        output::line(format!("{name:<18} {text}"))?;
    }
    Ok(())
}
