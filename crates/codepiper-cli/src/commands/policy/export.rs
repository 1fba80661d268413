use codepiper_api::{ExportPoliciesRequest, ExportPoliciesResponse};
use serde::Deserialize as _;

use super::super::Context;
use crate::cli::ExportPolicies;
use crate::error::CliError;
use crate::output;

pub(super) async fn run(context: &Context, args: ExportPolicies) -> Result<(), CliError> {
    let request = ExportPoliciesRequest {
        ids: args.ids,
        set: args.set,
        all: args.all,
    };
    let answer = context.client.post("/policies/export", &request).await?;
    if context.json {
        return output::json(&answer);
    }
    let ExportPoliciesResponse { text } = ExportPoliciesResponse::deserialize(&answer)?;
    output::text(&text)
}
