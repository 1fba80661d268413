//! What the daemon says of its API is what it does.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::document::Document;
use crate::support::TestHome;

/// A person at the dashboard who holds every answer against the document, and every request too.
struct Reader {
    browser: Browser,
    document: Document,
    /// The operations that were held against it.
    seen: BTreeSet<String>,
}

impl Reader {
    /// Asks `path`, which is `described` with something in the place of its names, and gets what
    /// was asked for.
    #[track_caller]
    fn ask(&mut self, method: &str, described: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.hold(method, described, path, body);
        assert!((200..300).contains(&status), "{method} {path}: {answer}");
        answer
    }

    #[track_caller]
    fn hold(&mut self, method: &str, described: &str, path: &str, body: &Value) -> (u16, Value) {
        let at = format!("{method} {path}");
        let item = &self.document.0["paths"][described];
        let operation = &item[method.to_ascii_lowercase()];
        let asked = &operation["requestBody"]["content"]["application/json"]["schema"];
        if !body.is_null() {
            let fits = self.document.misfit(asked, body);
            fits.unwrap_or_else(|why| panic!("{at} asks{why}"));
        }
        let origin = format!("http://{}", self.browser.host);
        let headers = [("Origin", origin.as_str())];
        let answer = self
            .browser
            .ask(method, &format!("/api{path}"), &headers, body);
        let responses = &operation["responses"];
        let status = answer.status;
        let described = responses.get(status.to_string());
        let described = described.unwrap_or(&responses["4XX"]);
        let described = self.document.resolved(described);
        let schema = &described["content"]["application/json"]["schema"];
        let answer = answer.json();
        let fits = self.document.misfit(schema, &answer);
        fits.unwrap_or_else(|why| panic!("{at} answers{why}\n{answer:#}"));
        self.seen
            .insert(operation["operationId"].as_str().unwrap().to_owned());
        (status, answer)
    }
}

/// A workflow that asks before it is done.
const WORKFLOW: &str = "
name: Asks
inputs: { of: { description: what it is of } }
steps:
  - { name: sure, type: approve, message: 'Go on with ${of}?' }
outputs: { by: '${steps.sure.by}' }
";

#[test]
fn every_answer_is_as_the_document_describes_it() {
    let home = TestHome::with_web(&[]);
    let mut browser = Browser::of(&home);
    assert_eq!(browser.get("/api/openapi.json").status, 401);
    let (authenticator, _) = browser.enrol(&home);
    let proof = json!({ "password": authenticator.password });
    assert_eq!(browser.post("/api/auth/confirm", &proof).status, 200);
    let document = Document(browser.get("/api/openapi.json").json());
    let on_socket = home.call("GET", "/openapi.json", &Value::Null);
    assert_eq!(on_socket, document.0, "both doors say the same");
    let seen = BTreeSet::new();
    let mut reader = Reader {
        browser,
        document,
        seen,
    };

    // Something of everything.
    let git = std::process::Command::new("git")
        .args(["init", "--quiet"])
        .arg(home.work())
        .status();
    assert!(git.unwrap().success());
    std::fs::write(home.path("work/a.txt"), "a\n").unwrap();
    let rules = json!([
        { "id": "ok", "action": "allow", "command": ["echo *"], "match": ["echo a"] },
        { "id": "no", "action": "deny", "command": "touch *", "reason": "no" },
        { "id": "look", "action": "ask", "tool": "Write", "path": { "within": "workspace" } },
    ]);
    let policy = json!({ "id": "p", "name": "p", "description": "d", "rules": rules });
    reader.ask("POST", "/policies", "/policies", &policy);
    let change = json!({ "priority": 7 });
    reader.ask("PUT", "/policies/{id}", "/policies/p", &change);
    let set = json!({ "id": "s", "name": "s" });
    reader.ask("POST", "/policy-sets", "/policy-sets", &set);
    let member = json!({ "policyId": "p" });
    reader.ask(
        "POST",
        "/policy-sets/{id}/policies",
        "/policy-sets/s/policies",
        &member,
    );
    let secrets = json!({ "name": "e", "description": "d", "vars": { "A": "1", "B": "2" } });
    let made = reader.ask("POST", "/env-sets", "/env-sets", &secrets);
    let secrets = made["envSet"]["id"].as_str().unwrap().to_owned();
    let of = |what: &str| format!("/env-sets/{secrets}{what}");
    let change = json!({ "unset": ["B"] });
    reader.ask("PUT", "/env-sets/{id}", &of(""), &change);
    let text = json!({ "text": "C=3" });
    reader.ask("POST", "/env-sets/{id}/import", &of("/import"), &text);
    let one = json!({ "name": "C" });
    reader.ask("POST", "/env-sets/{id}/reveal", &of("/reveal"), &one);
    let workspace = json!({ "name": "w", "path": home.work(), "defaults": { "model": "m" } });
    let made = reader.ask("POST", "/workspaces", "/workspaces", &workspace);
    let workspace = made["workspace"]["id"].as_str().unwrap().to_owned();
    let change = json!({ "defaults": { "model": null, "worktree": "always" } });
    let path = format!("/workspaces/{workspace}");
    reader.ask("PUT", "/workspaces/{id}", &path, &change);
    let repository = crate::worktrees::repository(&home, "repository");
    let beside = json!({ "provider": "demo", "cwd": repository, "worktree": { "branch": "b" } });
    reader.ask("POST", "/sessions", "/sessions", &beside);
    let wanted = json!({
        "provider": "demo", "cwd": home.work(), "name": "one", "metadata": { "any": [1, null] },
    });
    let made = reader.ask("POST", "/sessions", "/sessions", &wanted);
    let live = made["session"]["id"].as_str().unwrap().to_owned();
    home.run(&["wait", &live, "--timeout", "30"]).ok();
    let of = |what: &str| format!("/sessions/{live}/{what}");
    let given = json!({ "policySetId": "s" });
    reader.ask(
        "POST",
        "/sessions/{id}/policy-sets",
        &of("policy-sets"),
        &given,
    );
    let sent = json!({ "text": "RUN: echo a\nRUN: touch b", "wait": true });
    reader.ask("POST", "/sessions/{id}/send", &of("send"), &sent);
    reader.ask(
        "POST",
        "/sessions/{id}/send",
        &of("send"),
        &json!({ "text": "WRITE: c" }),
    );
    let approval = home.pending(&live);
    let ended = home.demo(&[]);
    reader.ask(
        "POST",
        "/sessions/{id}/kill",
        &format!("/sessions/{ended}/kill"),
        &Value::Null,
    );
    home.call("GET", &of("wait?until=needs_permission"), &Value::Null);

    let asks = json!({ "id": "w", "source": WORKFLOW });
    reader.ask("POST", "/workflows", "/workflows", &asks);
    reader.ask("PUT", "/workflows/{id}", "/workflows/w", &asks);
    let path = "/workflows/w/execute";
    let run = json!({ "variables": { "of": "this" } });
    let begun = reader.ask("POST", "/workflows/{id}/execute", path, &run);
    let execution = begun["executionId"].as_str().unwrap().to_owned();
    home.until("the step asks", || {
        let asked = home.call("GET", "/workflows/questions", &Value::Null);
        asked["questions"][0]["message"] == "Go on with this?"
    });

    // Whatever can be read.
    let streams = [
        "/sessions/{id}/git/file-raw",
        "/audit/export",
        "/sessions/{id}/conversation/markdown",
        "/sessions/{id}/output/stream",
        "/openapi.json",
        "/workflows/schema",
    ];
    let gets = reader
        .document
        .operations()
        .filter(|(method, path, operation)| {
            let is_stream = operation["responses"].get("101").is_some() || streams.contains(path);
            *method == "get" && !is_stream
        });
    let gets: Vec<String> = gets.map(|(_, path, _)| path.to_owned()).collect();
    assert!(gets.len() > 25, "{gets:?}");
    let asked = approval["id"].as_str().unwrap();
    for path in gets {
        let query = match path.rsplit('/').next().unwrap() {
            "wait" => "?until=working&timeoutMs=0",
            "prompts" => "?latest=10",
            "search" => "?text=echo",
            "file" => "?ref=WORKING_TREE&path=a.txt",
            _ => "",
        };
        let ids: &[&str] = match path.split('/').nth(1).unwrap() {
            _ if !path.contains("{id}") => &[""],
            "sessions" if path.contains("/processes") => &[&live],
            "sessions" => &[&live, &ended],
            "approvals" => &[asked],
            "policies" => &["p"],
            "policy-sets" => &["s"],
            "env-sets" => &[&secrets],
            "workspaces" => &[&workspace],
            "workflows" if path.starts_with("/workflows/executions/") => &[&execution],
            "workflows" => &["w"],
            other => panic!("{other}"),
        };
        for id in ids {
            let real = path.replace("{id}", id).replace("{execution}", &execution);
            let real = format!("{real}{query}");
            reader.ask("GET", &path, &real, &Value::Null);
        }
    }

    // What changes something, and what is refused.
    let dry = json!({ "dryRun": true });
    reader.ask("POST", "/worktrees/prune", "/worktrees/prune", &dry);
    let nowhere = json!({ "path": "/nowhere" });
    let (status, _) = reader.hold("POST", "/worktrees/finish", "/worktrees/finish", &nowhere);
    assert_eq!(status, 404);
    let answer = json!({
        "decision": "allow", "requestHash": approval["requestHash"], "note": "go on",
    });
    let path = format!("/approvals/{asked}/answer");
    reader.ask("POST", "/approvals/{id}/answer", &path, &answer);
    let (status, late) = reader.hold("POST", "/approvals/{id}/answer", &path, &answer);
    assert_eq!((status, &late["code"]), (409, &json!("already_answered")));
    reader.ask(
        "POST",
        "/analytics/rebuild",
        "/analytics/rebuild",
        &Value::Null,
    );
    for path in ["/workflows/validate", "/workflows/plan"] {
        reader.ask("POST", path, path, &json!({ "source": WORKFLOW }));
    }
    let of_execution = |what: &str| format!("/workflows/executions/{execution}/{what}");
    for (path, body) in [
        ("pause", Value::Null),
        ("resume", Value::Null),
        ("steps/{step}/answer", json!({ "approve": true })),
    ] {
        let real = of_execution(&path.replace("{step}", "sure"));
        let path = format!("/workflows/executions/{{id}}/{path}");
        reader.ask("POST", &path, &real, &body);
    }
    home.until("it is over", || {
        let path = of_execution("log?wait=30");
        home.call("GET", &path, &Value::Null)["status"] == "completed"
    });
    reader.ask(
        "GET",
        "/workflows/executions/{id}",
        &format!("/workflows/executions/{execution}"),
        &Value::Null,
    );
    reader.ask("DELETE", "/workflows/{id}", "/workflows/w", &Value::Null);
    let call = json!({ "toolName": "Bash", "toolInput": { "command": "touch x" }, "cwd": "/" });
    reader.ask("POST", "/policies/check", "/policies/check", &call);
    let draft = json!({ "text": "name: d\nid: d\nrules: [{action: deny, tool: Bash}]" });
    let replayed = reader.ask("POST", "/policies/test", "/policies/test", &draft);
    assert_eq!(replayed["groups"][0]["would"], "deny", "{replayed}");
    let applied = json!({ "text": draft["text"], "dryRun": true });
    reader.ask("POST", "/policies/apply", "/policies/apply", &applied);
    reader.ask(
        "POST",
        "/policies/export",
        "/policies/export",
        &json!({ "all": true }),
    );
    let settings = json!({ "retentionDays": null, "detachKey": "ctrl+q" });
    reader.ask("PUT", "/settings/daemon", "/settings/daemon", &settings);
    reader.ask(
        "PUT",
        "/sessions/{id}/name",
        &of("name"),
        &json!({ "name": null }),
    );
    reader.ask(
        "PUT",
        "/sessions/{id}/default-policy-action",
        &of("default-policy-action"),
        &json!({ "action": "deny" }),
    );
    reader.ask(
        "POST",
        "/sessions/{id}/resize",
        &of("resize"),
        &json!({ "cols": 100, "rows": 30 }),
    );
    reader.ask(
        "POST",
        "/sessions/prune",
        "/sessions/prune",
        &json!({ "dryRun": true }),
    );
    reader.ask(
        "DELETE",
        "/sessions/{id}",
        &format!("/sessions/{ended}"),
        &Value::Null,
    );
    reader.ask(
        "DELETE",
        "/policy-sets/{id}",
        "/policy-sets/s",
        &Value::Null,
    );
    reader.ask("POST", "/restore", "/restore", &Value::Null);
    assert!(reader.seen.len() > 45, "{:?}", reader.seen);
}

#[test]
fn what_is_refused_has_the_body_that_the_document_describes_and_the_fields_that_it_forbids() {
    let home = TestHome::new();
    let document = Document(home.call("GET", "/openapi.json", &Value::Null));
    let schema = json!({ "$ref": "#/components/schemas/ErrorBody" });
    for (method, path, body) in [
        ("GET", "/sessions/nobody", Value::Null),
        ("GET", "/nothing", Value::Null),
        ("GET", "/events?limit=0", Value::Null),
        (
            "POST",
            "/policies",
            json!({ "name": "p", "rules": [{ "action": "maybe" }] }),
        ),
    ] {
        let bytes = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        let (status, text) = home.http(method, path, &bytes);
        assert!((400..500).contains(&status), "{method} {path}: {status}");
        let answer = serde_json::from_str(&text).unwrap();
        document
            .misfit(&schema, &answer)
            .unwrap_or_else(|why| panic!("{path}{why}: {answer}"));
    }
    // A body with a field that is not known is refused by every operation that takes one, and the
    // document says so.
    let nobody = "00000000-0000-4000-8000-000000000000";
    for (method, path, operation) in document.operations() {
        let Some(asked) = operation["requestBody"]["content"]["application/json"].get("schema")
        else {
            continue;
        };
        let name = asked["$ref"].as_str().unwrap().trim_start_matches('#');
        let closed = &document.0.pointer(name).unwrap()["additionalProperties"];
        assert_eq!(closed, false, "{name}");
        if path.starts_with("/auth/") {
            continue;
        }
        let path = path.replace("{id}", nobody).replace("{prompt}", "p");
        let (status, text) = home.http(&method.to_ascii_uppercase(), &path, br#"{"nonsense":1}"#);
        let body: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (status, &body["field"]),
            (400, &json!("nonsense")),
            "{path}: {body}"
        );
    }
}
