use codepiper_api::SessionsResponse;
use codepiper_model::Session;
use serde_json::json;

use super::Context;
use crate::cli::Sessions;
use crate::error::CliError;
use crate::output;

pub(super) async fn run(context: &Context, args: &Sessions) -> Result<(), CliError> {
    let mut answer = context.client.get("/sessions").await?;
    if args.provider.is_some() || args.status.is_some() {
        let SessionsResponse { mut sessions } = serde_json::from_value(answer)?;
        sessions.retain(|session| {
            args.provider
                .as_deref()
                .is_none_or(|name| name == session.provider.as_str())
                && args
                    .status
                    .as_deref()
                    .is_none_or(|name| name.eq_ignore_ascii_case(session.status.as_str()))
        });
        answer = json!({ "sessions": sessions });
    }
    if context.json {
        return output::json(&answer);
    }
    let SessionsResponse { sessions } = serde_json::from_value(answer)?;
    if sessions.is_empty() {
        output::note("no sessions; start one with `codepiper up`");
        return Ok(());
    }
    let rows: Vec<[String; 7]> = sessions.iter().map(row).collect();
    output::table(
        [
            "ID",
            "NAME",
            "PROVIDER",
            "STATUS",
            "ACTIVITY",
            "CONTEXT",
            "DIRECTORY",
        ],
        &rows,
    )
}

fn row(session: &Session) -> [String; 7] {
    let activity = match (&session.activity, &session.exit) {
        (Some(activity), _) => {
            let state = activity.state.as_str().to_owned();
            let trouble = activity.trouble();
            trouble.map_or(state.clone(), |kind| format!("{state} ({})", kind.as_str()))
        }
        (None, Some(exit)) => match (exit.code, exit.signal) {
            (Some(code), _) => format!("{} {code}", exit.reason.as_str()),
            (None, Some(signal)) => format!("{} (signal {signal})", exit.reason.as_str()),
            (None, None) => exit.reason.as_str().to_owned(),
        },
        (None, None) => String::new(),
    };
    let context = session.status_line.as_ref().and_then(|line| line.context);
    let context = context.map(|context| format!("{:.0}%", context.used_percent));
    [
        session.id.to_string()[..8].to_owned(),
        session.name.clone().unwrap_or_default(),
        session.provider.to_string(),
        session.status.as_str().to_owned(),
        activity,
        context.unwrap_or_default(),
        session.cwd.display().to_string(),
    ]
}
