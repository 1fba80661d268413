use serde_json::json;

use super::*;

// The messages were recorded from Codex 0.169.0, and shortened.

fn read(message: &Value) -> Message {
    Message::read(&message.to_string(), &Items::default())
}

fn approval(method: &str, params: &Value) -> Approval {
    match read(&json!({"method": method, "id": 7, "params": params})) {
        Message::Approval(approval) => approval,
        other => panic!("{other:?}"),
    }
}

fn tool(approval: &Approval) -> (&str, &Value) {
    let tool = approval.tool.as_ref().unwrap();
    (&tool.name, &tool.input)
}

#[test]
fn the_tool_of_an_mcp_server_has_the_name_that_hooks_give_it() {
    let asked = approval(
        "mcpServer/elicitation/request",
        &json!({
            "threadId": "t", "turnId": "u", "serverName": "my.echo", "mode": "form",
            "_meta": {"codex_approval_kind": "mcp_tool_call", "persist": ["session", "always"],
                "tool_name": "echo", "tool_params": {"text": "x"}},
            "message": "Allow the echo MCP server to run tool \"echo\"?",
            "requestedSchema": {"type": "object", "properties": {}},
        }),
    );
    assert_eq!(tool(&asked), ("mcp__my_echo__echo", &json!({"text": "x"})));
    assert_eq!(
        asked.answer(Decision::Accept),
        json!({"id": 7, "result": {"action": "accept", "content": {}}})
    );
    assert_eq!(
        asked.answer(Decision::Decline),
        json!({"id": 7, "result": {"action": "decline", "content": null}})
    );
}

#[test]
fn rights_are_granted_as_asked_and_for_the_turn_or_not_at_all() {
    let asked = approval(
        "item/permissions/requestApproval",
        &json!({
            "threadId": "t", "turnId": "u", "itemId": "call_1", "cwd": "/p", "reason": "to fetch",
            "permissions": {"network": {"enabled": true}, "fileSystem": null},
        }),
    );
    let wanted = json!({"network": {"enabled": true}, "fileSystem": null});
    assert_eq!(
        tool(&asked),
        ("request_permissions", &json!({"permissions": wanted}))
    );
    assert_eq!(
        asked.answer(Decision::Accept)["result"],
        json!({"permissions": wanted, "scope": "turn"})
    );
    assert_eq!(
        asked.answer(Decision::Cancel)["result"],
        json!({"permissions": {}, "scope": "turn"})
    );
}

#[test]
fn what_cannot_be_read_is_asked_without_a_tool() {
    let method = "item/commandExecution/requestApproval";
    for (method, params) in [
        ("item/fileChange/requestApproval", json!({"itemId": "gone"})),
        (method, json!({"kind": "writeStdin", "command": "ls"})),
        (method, json!({"kind": "command", "command": null})),
    ] {
        assert_eq!(approval(method, &params).tool, None, "{params}");
    }
    let host = json!({"networkApprovalContext": {"host": "x.org", "protocol": "https"}});
    let asked = approval(method, &host);
    assert_eq!(tool(&asked).1["url"], "https://x.org");
}

#[test]
fn a_question_is_no_approval() {
    let options = json!([{"label": "Red", "description": "r"}]);
    let asked = json!({"method": "item/tool/requestUserInput", "id": "q", "params": {
    "threadId": "t", "questions": [
        {"id": "c", "header": "h", "question": "Which colour?", "options": options},
        {"id": "s", "header": "h", "question": "Which size?", "options": options},
    ]}});
    let Message::Question(question) = read(&asked) else {
        panic!("{:?}", read(&asked));
    };
    assert_eq!(question.text, "Which colour?\nWhich size?");
    let form = json!({"method": "mcpServer/elicitation/request", "id": 3, "params": {
        "threadId": "t", "serverName": "s", "mode": "form", "message": "Your name?", "_meta": null}});
    assert!(matches!(read(&form), Message::Question(_)));
}

#[test]
fn what_a_conversation_does_is_in_its_status() {
    for (status, expected) in [
        (json!({"type": "idle"}), Status::Idle),
        (
            json!({"type": "active", "activeFlags": []}),
            Status::Working,
        ),
        (
            json!({"type": "active", "activeFlags": ["waitingOnApproval"]}),
            Status::NeedsPermission,
        ),
        (
            json!({"type": "active", "activeFlags": ["new", "waitingOnUserInput"]}),
            Status::NeedsInput,
        ),
        (json!({"type": "systemError"}), Status::Unknown),
        (json!("asleep"), Status::Unknown),
    ] {
        let message = json!({"method": "thread/status/changed", "params": {"threadId": "t", "status": status}});
        let notice = Notice::StatusChanged("t".to_owned(), expected);
        assert_eq!(read(&message), Message::Notice(notice), "{status}");
    }
}

#[test]
fn errors_say_what_they_are() {
    let limit = json!({"method": "error", "params": {"threadId": "t", "turnId": "u", "willRetry": false,
        "error": {"message": "You've hit your limit", "codexErrorInfo": "usageLimitExceeded"}}});
    let Message::Notice(Notice::Failed {
        code, will_retry, ..
    }) = read(&limit)
    else {
        panic!("{:?}", read(&limit));
    };
    assert_eq!(
        (code.as_deref(), will_retry),
        (Some("usageLimitExceeded"), false)
    );
    let failed = json!({"id": 4, "error": {"code": -32600, "message": "no rollout found"}});
    let Message::Failure(id, failure) = read(&failed) else {
        panic!("{:?}", read(&failed));
    };
    assert_eq!((id.to_string().as_str(), failure.code), ("4", -32600));
}

#[test]
fn what_is_new_is_passed_over() {
    let other = |method: &str| Message::Notice(Notice::Other(method.to_owned()));
    for (message, expected) in [
        (
            json!({"method": "thread/dreamt", "params": 7}),
            other("thread/dreamt"),
        ),
        (json!({"method": "warning"}), other("warning")),
        (json!([1]), Message::Unreadable),
        (json!({}), Message::Unreadable),
    ] {
        assert_eq!(read(&message), expected, "{message}");
    }
    assert_eq!(Message::read("{", &Items::default()), Message::Unreadable);
    let request = json!({"method": "attestation/generate", "id": 1, "params": {}});
    assert!(
        matches!(read(&request), Message::OtherRequest(_, method) if method == "attestation/generate")
    );
    let item = json!({"method": "item/completed", "params": {"threadId": "t",
        "item": {"type": "hologram", "id": "i", "status": "shimmering", "text": 3}}});
    assert!(
        matches!(read(&item), Message::Notice(Notice::ItemEnded(_, item)) if item.kind == "hologram")
    );
}
