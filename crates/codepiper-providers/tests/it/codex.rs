//! The pinned Codex understands what we say and says what we understand.

mod session;
mod socket;

use codepiper_providers::codex::rpc::{
    Decision, ItemState, LatestTurn, Notice, Prompt, Status, Terms, Thread, hooks_list,
    thread_fork, thread_name, thread_resume, thread_settings, thread_start, thread_turns,
    turn_interrupt, turn_start,
};
use codepiper_providers::codex::{Listed, Mode, Trust, hooks};
use codepiper_providers::{HookAnswer, HookFact};
use serde_json::json;

use session::Session;
use socket::Client;

fn prompt(text: &str) -> Prompt<'_> {
    Prompt {
        text,
        images: &[],
        client_id: "ours",
    }
}

fn terms(cwd: &std::path::Path, mode: Mode) -> Terms<'_> {
    Terms {
        cwd,
        mode,
        model: None,
        provider: None,
    }
}

async fn conversation(session: &Session, client: &mut Client) -> Thread {
    let cwd = session.path("project");
    let request = thread_start(terms(&cwd, Mode::WORKSPACE));
    let result = client.call(request).await;
    let begun = Thread::read(&result["thread"]);
    client.call(thread_name(&begun.id, "mine")).await;
    begun
}

async fn turn_end(client: &mut Client) -> codepiper_providers::codex::rpc::TurnEnd {
    let ended = |notice: &Notice| match notice {
        Notice::TurnEnded(_, turn) => Some(turn.clone()),
        _ => None,
    };
    client.notice("the end of the turn", ended).await
}

#[tokio::test]
async fn our_hooks_run_from_the_first_start_and_can_forbid() {
    let session = Session::start().await;
    let mut client = session.client().await;
    let list = client.call(hooks_list(&session.path("project"))).await;
    let list = Listed::all(&list);
    assert!(
        Listed::missing(&session.hooks, &list).is_empty(),
        "{list:?}"
    );
    let expected = Trust::expected(&session.hooks);
    assert_eq!(Trust::listed(&session.hooks, &list), expected);

    let denial = hooks::answer("PreToolUse", HookAnswer::Deny("not today")).unwrap();
    session.say("PreToolUse", &denial);
    let begun = conversation(&session, &mut client).await;
    client
        .call(turn_start(&begun.id, prompt("RUN: touch made")))
        .await;
    let end = turn_end(&mut client).await;
    assert!(end.reply.unwrap().contains("not today"));
    assert!(!session.path("project/made").exists());
    let before = hooks::read("PreToolUse", &session.told("PreToolUse"));
    let HookFact::BeforeTool(call) = before.fact else {
        panic!("{before:?}");
    };
    assert_eq!(call.tool_name, "Bash");
    assert_eq!(call.tool_input, json!({"command": "touch made"}));
    let started = hooks::read("SessionStart", &session.told("SessionStart"));
    assert_eq!(
        started.conversation,
        begun.path.map(|path| (begun.id, path))
    );
}

#[tokio::test]
async fn leave_is_asked_for_in_the_words_of_hooks_and_the_answer_counts() {
    let session = Session::start().await;
    let mut client = session.client().await;
    let begun = conversation(&session, &mut client).await;
    let outside = session.path("outside").display().to_string();
    let script = format!("ESCALATE: touch '{outside}' && echo it\nWRITE: {outside}\nSAY: all");
    client.call(turn_start(&begun.id, prompt(&script))).await;

    let command = client.approval().await;
    let tool = command.tool.as_ref().unwrap();
    assert_eq!(tool.name, "Bash");
    assert_eq!(
        tool.input,
        json!({"command": format!("touch '{outside}' && echo it")})
    );
    assert_eq!(command.cwd, Some(session.path("project")));
    assert_eq!(
        command.reason.as_deref(),
        Some("May the script leave the sandbox?")
    );
    let told = session.told("PreToolUse");
    assert_eq!(command.item_id.as_deref(), told["tool_use_id"].as_str());
    let answer = command.answer(Decision::Decline).to_string();
    client.send(&answer).await;

    let patch = client.approval().await;
    let begun_with = hooks::read("PreToolUse", &session.told("PreToolUse")).fact;
    let HookFact::BeforeTool(call) = begun_with else {
        panic!("{begun_with:?}");
    };
    let tool = patch.tool.as_ref().unwrap();
    assert_eq!(
        (tool.name.as_str(), &tool.input),
        (call.tool_name.as_str(), &call.tool_input)
    );
    let answer = patch.answer(Decision::Accept).to_string();
    client.send(&answer).await;
    let state = client
        .notice("the end of the patch", |notice| match notice {
            Notice::ItemEnded(_, item) if Some(&item.id) == patch.item_id.as_ref() => {
                Some(item.state)
            }
            _ => None,
        })
        .await;
    assert_eq!(state, ItemState::Completed);
    let used = client
        .notice("tokens", |notice| match notice {
            Notice::Used(_, used) => Some(used.last),
            _ => None,
        })
        .await;
    assert!(
        used.input > used.cached_input && used.output > 0,
        "{used:?}"
    );
    let end = turn_end(&mut client).await;
    assert_eq!((end.completed, end.reply.as_deref()), (true, Some("all")));
    let written = std::fs::read_to_string(&outside).unwrap();
    assert_eq!(written, "Written by the fake model.\n");
}

#[tokio::test]
async fn who_comes_back_is_asked_again_and_can_end_the_turn() {
    let session = Session::start().await;
    let mut gone = session.client().await;
    let begun = conversation(&session, &mut gone).await;
    gone.call(turn_start(&begun.id, prompt("ESCALATE: true")))
        .await;
    let asked = gone.approval().await;
    drop(gone);

    let mut client = session.client().await;
    let joined = client.call(thread_resume(&begun.id)).await;
    let status = Thread::read(&joined["thread"]).status;
    assert_eq!(status, Status::NeedsPermission);
    assert_eq!(client.approval().await, asked);
    let latest = LatestTurn::read(&client.call(thread_turns(&begun.id)).await);
    let turn = asked.turn_id.unwrap();
    assert_eq!(latest, Some(LatestTurn::UnderWay(turn.clone())));
    client.call(turn_interrupt(&begun.id, &turn)).await;
    let end = turn_end(&mut client).await;
    assert!(end.interrupted);
    let latest = LatestTurn::read(&client.call(thread_turns(&begun.id)).await);
    assert_eq!(latest, Some(LatestTurn::Over(end)));
}

#[tokio::test]
async fn a_copy_has_its_own_model_and_the_history_of_the_first() {
    let session = Session::start().await;
    let mut client = session.client().await;
    let begun = conversation(&session, &mut client).await;
    client
        .call(turn_start(&begun.id, prompt("SAY: remember me")))
        .await;
    turn_end(&mut client).await;

    let cwd = session.path("project");
    let request = thread_fork(&begun.id, terms(&cwd, Mode::READ_ONLY));
    let copy = client.call(request).await;
    assert_eq!(copy["sandbox"]["type"], "readOnly");
    let copy = Thread::read(&copy["thread"]);
    assert_eq!(copy.forked_from.as_ref(), Some(&begun.id));
    client.call(thread_settings(&copy.id, "other-model")).await;
    client
        .call(turn_start(&copy.id, prompt("SAY: in the copy")))
        .await;
    let end = turn_end(&mut client).await;
    assert_eq!(end.reply.as_deref(), Some("in the copy"));
    let request = session.model.requests().pop().unwrap();
    assert_eq!(request.headers["authorization"], "Bearer fake");
    let asked = request.body;
    assert_eq!(asked["model"], "other-model");
    assert!(asked["input"].to_string().contains("remember me"));
}
