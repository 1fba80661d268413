use std::io::IsTerminal as _;
use std::path::Path;

use codepiper_api::{ErrorBody, SessionResponse, SessionsResponse, WaitResponse};
use codepiper_model::{Session, Status};
use serde_json::Value;

use super::{Context, attach, launch};
use crate::cli::{Billing, Up, WebFlags};
use crate::error::CliError;
use crate::{daemon_process, output, place};

pub(super) async fn run(context: &Context, args: Up) -> Result<(), CliError> {
    let web = WebFlags {
        web: true,
        if_free: true,
        ..WebFlags::default()
    };
    daemon_process::ensure(&context.client, &web).await?;
    let dir = launch::directory(&args.dir)?;
    let wanted = args.provider.as_deref().map(|name| {
        if name == "claude" {
            "claude-code"
        } else {
            name
        }
    });
    let session = if let Some(session) = find(context, &dir, wanted).await? {
        if args.launch.asks_for_something() {
            output::note(
                "a session lives here already: what was asked of a new one does not apply",
            );
        }
        session
    } else {
        let provider = match wanted {
            Some(name) => name.to_owned(),
            None => choose(context, args.launch.billing == Some(Billing::Api)).await?,
        };
        let request = launch::request(
            &context.client,
            Some(provider),
            Some(&dir),
            None,
            Vec::new(),
            args.launch,
        )
        .await?;
        let answer = context.client.post("/sessions", &request).await?;
        serde_json::from_value::<SessionResponse>(answer)?.session
    };
    let session = running(context, &session).await?;

    let attaches =
        !args.no_attach && std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if context.json {
        return output::json(&SessionResponse { session });
    }
    let id = session.id;
    let program = place::program();
    output::line(format!(
        "{} in {}\n  attach  {program} attach {id}\n  send    {program} send {id} 'your prompt' --wait\n  \
         stop    {program} stop {id}",
        session.provider,
        output::harmless(&session.cwd.display().to_string()),
    ))?;
    dashboard(context).await?;
    output::line(format!("session {id} {}", session.status.as_str()))?;
    if attaches {
        attach::execute(context, &session).await
    } else {
        Ok(())
    }
}

/// Says where the dashboard is, and how one comes in the first time.
async fn dashboard(context: &Context) -> Result<(), CliError> {
    let health = context.client.get("/health").await?;
    let Some(address) = health["web"][0].as_str() else {
        return Ok(());
    };
    output::line(format!("  web     http://{address}"))?;
    let config = place::config(context.client.socket().to_owned())?;
    let password = config.first_password_file();
    if password.exists() {
        let shown = output::harmless(&password.display().to_string());
        output::line(format!(
            "          the password for the first time is in {shown}"
        ))?;
    }
    Ok(())
}

/// The newest session that lives in the directory, of that provider where one was named.
async fn find(
    context: &Context,
    dir: &Path,
    provider: Option<&str>,
) -> Result<Option<Session>, CliError> {
    let answer = context.client.get("/sessions").await?;
    let SessionsResponse { sessions } = serde_json::from_value(answer)?;
    Ok(sessions.into_iter().find(|session| {
        session.status.is_live()
            && session.cwd == dir
            && provider.is_none_or(|name| name == session.provider.as_str())
    }))
}

/// The first agent that is installed and signed in, else the demo agent, and why.
async fn choose(context: &Context, pays: bool) -> Result<String, CliError> {
    let answer = context.client.get("/providers").await?;
    let none = Vec::new();
    let real = answer["providers"]
        .as_array()
        .unwrap_or(&none)
        .iter()
        .filter(|p| p["id"] != "demo");
    let mut reasons = Vec::new();
    for provider in real {
        let id = provider["id"].as_str().unwrap_or_default();
        let hint = provider["hint"].as_str().unwrap_or_default();
        let has_key = pays && std::env::var_os("ANTHROPIC_API_KEY").is_some();
        match (&provider["installed"], &provider["signedIn"]) {
            (Value::Bool(true), Value::Bool(signed_in)) if *signed_in || has_key => {
                return Ok(id.to_owned());
            }
            (Value::Bool(true), _) => reasons.push(format!("{id} is not signed in ({hint})")),
            _ => reasons.push(format!("{id} is not installed ({hint})")),
        }
    }
    output::note(format!(
        "using the built-in demo agent: {}",
        reasons.join("; ")
    ));
    Ok("demo".to_owned())
}

/// Waits until the agent runs.
async fn running(context: &Context, session: &Session) -> Result<Session, CliError> {
    let path = format!(
        "/sessions/{}/wait?until=running,exited&timeoutMs=60000",
        session.id
    );
    let waited: WaitResponse = serde_json::from_value(context.client.get(&path).await?)?;
    let session = waited.session;
    if session.status == Status::Running {
        return Ok(session);
    }
    let detail = session.exit.as_ref().and_then(|exit| exit.detail.clone());
    let detail = detail.unwrap_or_else(|| format!("it is {}", session.status.as_str()));
    let body = ErrorBody::new(
        "launch_failed",
        format!("session `{}` does not run: {detail}", session.id),
    );
    Err(CliError::Failed(body.with_hint(format!(
        "its last screen: `codepiper tail {}`",
        session.id
    ))))
}
