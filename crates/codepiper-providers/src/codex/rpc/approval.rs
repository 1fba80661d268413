use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Items, RequestId, Tool, some_string, string};

/// A request for leave, open until it is answered by anybody.
#[derive(Clone, Debug, PartialEq)]
pub struct Approval {
    /// The request. It is the same after a reconnection.
    pub id: RequestId,
    /// The conversation. A sub-agent has one of its own, whose id hooks call `agent_id`.
    pub thread_id: String,
    /// The turn, where it is in one.
    pub turn_id: Option<String>,
    /// The item that waits, whose id the hooks have as that of the tool's use. One of an MCP
    /// server is not named.
    pub item_id: Option<String>,
    /// What it is about. `None` where that cannot be read: then only a person can judge.
    pub tool: Option<Tool>,
    /// Where it would happen, where that is said.
    pub cwd: Option<PathBuf>,
    /// The model's reason.
    pub reason: Option<String>,
    form: Form,
}

/// The form that the answer has.
#[derive(Clone, Debug, PartialEq)]
enum Form {
    Decision,
    /// What is granted is repeated.
    Permissions(Value),
    Action,
}

/// An answer to a request for leave. None of them is a standing permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It may.
    Accept,
    /// It may not, and the turn goes on.
    Decline,
    /// It may not, and the turn ends.
    Cancel,
}

impl Decision {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Decline => "decline",
            Self::Cancel => "cancel",
        }
    }
}

impl Approval {
    pub(super) fn read(
        method: &str,
        id: &RequestId,
        params: &Value,
        items: &Items,
    ) -> Option<Self> {
        let item_id = some_string(&params["itemId"]);
        let (tool, form) = match method {
            "item/commandExecution/requestApproval" => (command(params), Form::Decision),
            "item/fileChange/requestApproval" => {
                let tool = item_id.as_deref().and_then(|id| items.tool(id));
                (tool.cloned(), Form::Decision)
            }
            "item/permissions/requestApproval" => {
                let permissions = params["permissions"].clone();
                let tool = Tool {
                    name: "request_permissions".to_owned(),
                    input: json!({ "permissions": permissions }),
                };
                (Some(tool), Form::Permissions(permissions))
            }
            "mcpServer/elicitation/request"
                if params["_meta"]["codex_approval_kind"] == "mcp_tool_call" =>
            {
                (mcp(params), Form::Action)
            }
            _ => return None,
        };
        Some(Self {
            id: id.clone(),
            thread_id: string(&params["threadId"]),
            turn_id: some_string(&params["turnId"]),
            item_id,
            tool,
            cwd: params["cwd"].as_str().map(PathBuf::from),
            reason: some_string(&params["reason"]),
            form,
        })
    }

    /// The message that answers it.
    pub fn answer(&self, decision: Decision) -> Value {
        let result = match (&self.form, decision) {
            (Form::Decision, _) => json!({ "decision": decision.as_str() }),
            (Form::Permissions(asked), Decision::Accept) => {
                json!({ "permissions": asked, "scope": "turn" })
            }
            (Form::Permissions(_), _) => json!({ "permissions": {}, "scope": "turn" }),
            (Form::Action, Decision::Accept) => json!({ "action": "accept", "content": {} }),
            (Form::Action, _) => json!({ "action": decision.as_str(), "content": null }),
        };
        json!({ "id": self.id.0, "result": result })
    }
}

fn command(params: &Value) -> Option<Tool> {
    let network = &params["networkApprovalContext"];
    if let Some(host) = network["host"].as_str() {
        let protocol = network["protocol"].as_str().unwrap_or("https");
        return Some(Tool {
            name: "network".to_owned(),
            input: json!({ "url": format!("{protocol}://{host}"), "command": params["command"] }),
        });
    }
    // What is typed into a command that runs already is not that command.
    match params["kind"].as_str() {
        None | Some("command") => params["command"].as_str().map(Tool::command),
        Some(_) => None,
    }
}

fn mcp(params: &Value) -> Option<Tool> {
    let meta = &params["_meta"];
    let server = params["serverName"].as_str()?;
    let tool = meta["tool_name"].as_str()?;
    Some(Tool::mcp(server, tool, &meta["tool_params"]))
}

/// A question that only a person can answer, in the terminal: seeing it is enough to say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The request.
    pub id: RequestId,
    /// The conversation.
    pub thread_id: String,
    /// What is asked.
    pub text: String,
}

impl Question {
    pub(super) fn read(method: &str, id: &RequestId, params: &Value) -> Option<Self> {
        let text = match method {
            "item/tool/requestUserInput" => {
                let questions = params["questions"].as_array().into_iter().flatten();
                let texts: Vec<&str> = questions
                    .filter_map(|question| question["question"].as_str())
                    .collect();
                texts.join("\n")
            }
            "mcpServer/elicitation/request" => string(&params["message"]),
            _ => return None,
        };
        Some(Self {
            id: id.clone(),
            thread_id: string(&params["threadId"]),
            text,
        })
    }
}
