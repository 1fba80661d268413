//! Rules to a verdict, with its reasons.
//!
//! A policy is a list of rules; a rule says `allow`, `ask` or `deny` of the tool calls it matches.
//! Every rule of every policy is looked at, and the strictest that matches decides, whatever its
//! priority: adding a rule never loosens a verdict but from "no rule".
//!
//! Invariant: values in, values out. Nothing here reads a clock, a file or the network, and a
//! verdict depends on nothing but the policies and the call.

mod access;
mod braces;
mod error;
mod evaluate;
mod example;
mod facts;
mod fetch;
mod files;
mod git;
mod glob;
mod host;
mod operands;
mod options;
mod overlap;
mod patch;
mod patterns;
mod policy;
mod ready;
mod risk;
mod rule;
mod rules;
mod shell;
mod typed;
mod typed_line;

pub use error::PolicyError;
pub use evaluate::{Evaluation, JudgedCommand, Scoped, evaluate, explain};
pub use example::{Example, ExampleCall};
pub use files::{Context, Files, Lexical};
pub use patterns::Patterns;
pub use policy::{CompiledPolicy, Policy};
pub use ready::{READY_SETS, ReadySet};
pub use risk::risk;
pub use rule::Rule;
pub use rules::{McpRule, PathRule, RiskRule, Within};
pub use typed::{TERMINAL_INPUT, TypedKind};
pub use typed_line::{Stroke, TypedLine};
