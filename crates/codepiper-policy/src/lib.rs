//! Rules to a verdict, with its reasons.
//!
//! A policy is a list of rules; a rule says `allow`, `ask` or `deny` of the tool calls it matches.
//! Every rule of every policy is looked at, and the strictest that matches decides, whatever its
//! priority: adding a rule never loosens a verdict but from "no rule".
//!
//! Invariant: values in, values out. Nothing here reads a clock, a file or the network, and a
//! verdict depends on nothing but the policies and the call.

mod error;
mod evaluate;
mod glob;
mod patterns;
mod policy;
mod risk;
mod rule;
mod shell_line;

pub use error::PolicyError;
pub use evaluate::{Evaluation, Scoped, evaluate};
pub use patterns::Patterns;
pub use policy::{CompiledPolicy, Policy};
pub use risk::risk;
pub use rule::Rule;
pub use shell_line::simple_words;
