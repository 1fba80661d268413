//! What a rule may ask of a call, one file for each kind.

mod command;
mod host;
mod mcp;
mod path;
mod risk;

pub(crate) use command::CommandMatcher;
pub(crate) use host::HostMatcher;
pub(crate) use mcp::McpMatcher;
pub use mcp::McpRule;
pub(crate) use path::PathMatcher;
pub use path::{PathRule, Within};
pub(crate) use risk::RiskMatcher;
pub use risk::RiskRule;
