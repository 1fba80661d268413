use codepiper_api::UpdatePolicyRequest;

use super::super::Context;
use super::{PolicyResponse, path_of, report, status};
use crate::cli::OnePolicy;
use crate::error::CliError;

pub(super) async fn run(context: &Context, args: &OnePolicy) -> Result<(), CliError> {
    let path = path_of(&args.id);
    let answer = context.client.get(&path).await?;
    let PolicyResponse { policy } = serde_json::from_value(answer)?;
    let enabled = !policy.enabled;
    let request = UpdatePolicyRequest {
        enabled: Some(enabled),
        ..UpdatePolicyRequest::default()
    };
    let answer = context.client.put(&path, &request).await?;
    report(context, &answer, status(enabled))
}
