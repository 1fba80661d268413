use std::io::{IsTerminal as _, Read as _};

use codepiper_api::{ErrorBody, SignInView};
use serde_json::{Value, json};

use super::Context;
use crate::cli::{Auth, AuthCommand, Reset, Revoke};
use crate::error::CliError;
use crate::{output, secret};

pub(super) async fn run(context: &Context, args: Auth) -> Result<(), CliError> {
    match args.command {
        AuthCommand::Status => status(context).await,
        AuthCommand::ResetPassword(args) => reset_password(context, &args).await,
        AuthCommand::ResetMfa => {
            let text =
                "the authenticator is gone; the next sign-in with the password sets up another";
            done(context, "/auth/cli/reset-mfa", &json!({}), text).await
        }
        AuthCommand::SignIns => sign_ins(context).await,
        AuthCommand::Revoke(args) => revoke(context, &args).await,
    }
}

async fn status(context: &Context) -> Result<(), CliError> {
    let answer = context.client.get("/auth/status").await?;
    if context.json {
        return output::json(&answer);
    }
    let says = |name: &str| answer[name] == true;
    output::line(if says("setupRequired") {
        "there is no password: `codepiper daemon --web` makes one, `codepiper auth reset-password` \
         sets one"
    } else if says("mfaEnabled") {
        "there are a password and an authenticator"
    } else {
        "there is a password, and the first sign-in sets up an authenticator"
    })?;
    output::line(format!("{} signed in", answer["signInCount"]))
}

async fn reset_password(context: &Context, args: &Reset) -> Result<(), CliError> {
    if args.generate {
        let request = json!({ "generate": true });
        let answer = context
            .client
            .post("/auth/cli/reset-password", &request)
            .await?;
        if context.json {
            return output::json(&answer);
        }
        return output::line(answer["password"].as_str().unwrap_or_default());
    }
    let password = if std::io::stdin().is_terminal() {
        let first = secret::ask("the new password: ")?;
        if secret::ask("once more: ")? != first {
            return Err(CliError::usage("these were two passwords"));
        }
        first
    } else {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text)?;
        text.trim_end_matches(['\r', '\n']).to_owned()
    };
    let text = "the password is changed, and everybody is signed out";
    let request = json!({ "password": password });
    done(context, "/auth/cli/reset-password", &request, text).await
}

async fn sign_ins(context: &Context) -> Result<(), CliError> {
    let answer = context.client.get("/auth/sessions").await?;
    if context.json {
        return output::json(&answer);
    }
    let sign_ins: Vec<SignInView> = serde_json::from_value(answer["sessions"].clone())?;
    if sign_ins.is_empty() {
        output::note("nobody is signed in");
    }
    for sign_in in sign_ins {
        output::line(format!(
            "{}  {}  used {}  {}",
            short(&sign_in.id),
            sign_in.ip_address,
            sign_in.last_used_at,
            output::harmless(&sign_in.user_agent),
        ))?;
    }
    Ok(())
}

async fn revoke(context: &Context, args: &Revoke) -> Result<(), CliError> {
    let Some(prefix) = &args.sign_in else {
        let text = "everybody is signed out";
        return done(context, "/auth/sessions/revoke-all", &json!({}), text).await;
    };
    let answer = context.client.get("/auth/sessions").await?;
    let sign_ins: Vec<SignInView> = serde_json::from_value(answer["sessions"].clone())?;
    let found: Vec<_> = sign_ins
        .iter()
        .filter(|it| it.id.starts_with(prefix))
        .collect();
    let [sign_in] = found[..] else {
        let what = if found.is_empty() {
            "no sign-in begins"
        } else {
            "several sign-ins begin"
        };
        let body = ErrorBody::new("sign_in_not_found", format!("{what} with `{prefix}`"));
        let hint = "`codepiper auth sign-ins` lists them";
        return Err(CliError::NotFound(body.with_hint(hint)));
    };
    let answer = context
        .client
        .delete(&format!("/auth/sessions/{}", sign_in.id))
        .await?;
    said(context, &answer, "it is signed out")
}

async fn done(context: &Context, path: &str, request: &Value, text: &str) -> Result<(), CliError> {
    let answer = context.client.post(path, request).await?;
    said(context, &answer, text)
}

fn said(context: &Context, answer: &Value, text: &str) -> Result<(), CliError> {
    if context.json {
        output::json(answer)
    } else {
        output::line(text)
    }
}

fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}
