//! Where hooks fire: the events of Claude Code, in its order and with its fields.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::agent::{Agent, Exit};
use crate::hook::Reply;
use crate::tool::Call;
use crate::turn::{Cut, Turn};
use crate::verdict::Verdict;

/// A session that ends waits no longer for its hooks.
const FAREWELL: Duration = Duration::from_secs(2);

impl Agent {
    /// Fires an event about this tool, source or reason. Its hooks are then awaited.
    pub(crate) fn start_hooks(&mut self, event: &str, subject: &str, fields: &Value) {
        for handler in self.hooks.on(event, subject) {
            let mut payload = self.transcript.identity();
            payload["hook_event_name"] = json!(event);
            payload["permission_mode"] = json!(self.permissions.mode());
            if let Some(id) = self.prompt_id {
                payload["prompt_id"] = json!(id);
            }
            extend(&mut payload, fields);
            self.underway.start(handler, payload.to_string());
        }
    }

    /// Fires an event in a turn and works until its hooks ended. Esc ends them and the turn.
    fn fire(
        &mut self,
        turn: &mut Turn,
        event: &str,
        subject: &str,
        fields: &Value,
    ) -> Result<Vec<Reply>, Cut> {
        self.start_hooks(event, subject, fields);
        while self.underway.is_awaited() {
            if let Err(cut) = self.busy(turn, None, None) {
                self.underway.interrupt();
                return Err(cut);
            }
        }
        Ok(self.underway.replies())
    }

    /// Fires an event beside a turn: Esc ends only the hooks.
    fn announce(&mut self, event: &str, subject: &str, fields: &Value) -> Result<(), Exit> {
        match self.fire(&mut Turn::new(0), event, subject, fields) {
            Err(Cut::Exit(exit)) => Err(exit),
            _ => Ok(()),
        }
    }

    /// `startup`, `resume` or `clear`.
    pub(crate) fn fire_session_start(&mut self, source: &str) -> Result<(), Exit> {
        let mut fields = json!({"source": source});
        if source == "startup" {
            fields["model"] = json!("demo");
        }
        self.announce("SessionStart", source, &fields)
    }

    pub(crate) fn fire_prompt(&mut self, turn: &mut Turn, prompt: &str) -> Result<(), Cut> {
        self.prompt_id = Some((self.stamp)().id);
        self.fire(turn, "UserPromptSubmit", "", &json!({"prompt": prompt}))
            .map(drop)
    }

    /// What the hooks say about a call before anybody else is asked.
    pub(crate) fn fire_before_use(&mut self, turn: &mut Turn, call: &Call) -> Result<Verdict, Cut> {
        let replies = self.fire(turn, "PreToolUse", call.name, &used(call))?;
        Ok(Verdict::before_use(&replies))
    }

    /// The hooks that may answer a question for the person; they run beside it.
    pub(crate) fn start_request(&mut self, call: &Call) {
        // Without the call's id, as in Claude Code.
        let fields = json!({
            "tool_name": call.name,
            "tool_input": call.input,
            "permission_suggestions": [],
        });
        self.start_hooks("PermissionRequest", call.name, &fields);
    }

    /// A call that was made, and what came of it for the model.
    pub(crate) fn fire_used(
        &mut self,
        turn: &mut Turn,
        call: &Call,
        result: &str,
        is_error: bool,
        detail: &Value,
    ) -> Result<(), Cut> {
        let time = turn.allowed_at.elapsed().as_millis();
        let mut fields = used(call);
        fields["duration_ms"] = json!(u64::try_from(time).unwrap_or(u64::MAX));
        let event = if is_error {
            fields["error"] = json!(result);
            fields["is_interrupt"] = json!(false);
            "PostToolUseFailure"
        } else {
            fields["tool_response"] = detail.clone();
            "PostToolUse"
        };
        self.fire(turn, event, call.name, &fields)?;
        self.fire_batch(turn, call, result)
    }

    /// The calls of an answer, each with the words that the model gets; here always one. A call
    /// that a hook denied is seen nowhere else.
    pub(crate) fn fire_batch(
        &mut self,
        turn: &mut Turn,
        call: &Call,
        result: &str,
    ) -> Result<(), Cut> {
        let mut used = used(call);
        used["tool_response"] = json!(result);
        self.fire(turn, "PostToolBatch", "", &json!({"tool_calls": [used]}))
            .map(drop)
    }

    pub(crate) fn fire_stop(&mut self, last: &str) -> Result<(), Exit> {
        let fields = json!({
            "stop_hook_active": false,
            "last_assistant_message": last,
            "background_tasks": [],
            "session_crons": [],
        });
        self.announce("Stop", "", &fields)
    }

    pub(crate) fn fire_stop_failure(&mut self, error: &str) -> Result<(), Exit> {
        let fields = json!({"error": "server_error", "last_assistant_message": error});
        self.announce("StopFailure", "server_error", &fields)
    }

    /// The last event. The keyboard is not heard any more, and may be gone.
    pub(crate) fn fire_session_end(&mut self, reason: &str) {
        self.underway.end();
        self.start_hooks("SessionEnd", reason, &json!({"reason": reason}));
        self.underway.limit(FAREWELL);
        let end = Instant::now() + FAREWELL;
        while self.underway.is_awaited() && Instant::now() < end {
            let next = self.underway.deadline().map_or(end, |next| next.min(end));
            if self.events.rest(next, self.underway.watch()).is_err() {
                break;
            }
            self.underway.poll();
        }
    }
}

fn used(call: &Call) -> Value {
    json!({"tool_name": call.name, "tool_input": call.input, "tool_use_id": call.id})
}

fn extend(payload: &mut Value, fields: &Value) {
    if let (Value::Object(payload), Value::Object(fields)) = (payload, fields) {
        payload.extend(fields.clone());
    }
}
