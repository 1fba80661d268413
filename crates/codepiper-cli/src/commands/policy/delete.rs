use super::super::Context;
use super::path_of;
use crate::cli::OnePolicy;
use crate::error::CliError;
use crate::output;

pub(super) async fn run(context: &Context, args: &OnePolicy) -> Result<(), CliError> {
    let answer = context.client.delete(&path_of(&args.id)).await?;
    if context.json {
        return output::json(&answer);
    }
    output::line(format!("policy {} removed", output::harmless(&args.id)))
}
