use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::patterns::Compiled;
use crate::{Patterns, PolicyError};

/// Which tools of which servers of the Model Context Protocol: `mcp__server__tool`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct McpRule {
    /// The server's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub server: Option<Patterns>,
    /// The tool's name there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tool: Option<Patterns>,
}

/// The same, ready to be asked.
#[derive(Clone, Debug)]
pub(crate) struct McpMatcher {
    server: Option<Compiled>,
    tool: Option<Compiled>,
}

impl McpRule {
    pub(crate) fn compile(&self) -> Result<McpMatcher, PolicyError> {
        if self.server.is_none() && self.tool.is_none() {
            return Err(PolicyError::new("mcp", "it takes `server`, `tool` or both"));
        }
        let compile = |patterns: &Option<Patterns>, path| {
            patterns.as_ref().map(|it| it.compile(path)).transpose()
        };
        Ok(McpMatcher {
            server: compile(&self.server, "mcp.server")?,
            tool: compile(&self.tool, "mcp.tool")?,
        })
    }
}

impl McpMatcher {
    pub(crate) fn matches(&self, tool_name: &str) -> bool {
        let Some((server, tool)) = tool_name
            .strip_prefix("mcp__")
            .and_then(|rest| rest.split_once("__"))
        else {
            return false;
        };
        self.server.as_ref().is_none_or(|it| it.matches(server))
            && self.tool.as_ref().is_none_or(|it| it.matches(tool))
    }
}
