//! The built program as a user runs it: its own HOME, socket, database and tmux servers.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failure is how a test speaks"
)]

mod actors;
mod analytics;
mod answers;
mod approvals;
mod audit;
mod audit_export;
mod audit_filters;
mod backup;
mod browser;
mod claude;
mod clock;
mod codex;
mod codex_alone;
mod codex_calls;
mod codex_model;
mod codex_modes;
mod codex_prompts;
mod codex_turns;
mod command_line;
mod conversation;
mod crowd;
mod daemon;
mod demo;
mod directories;
mod document;
mod env_sets;
#[cfg(target_os = "linux")]
mod faults;
mod fleet;
mod git;
mod git_turns;
mod histories;
mod hook_forward;
mod hook_reports;
mod housekeeping;
mod images;
mod input_policy;
mod interrupt;
mod malformed;
mod moments;
mod notifications;
mod openapi;
#[cfg(target_os = "linux")]
mod orphans;
mod outage;
mod permissions;
mod policy;
mod policy_files;
mod policy_sets;
mod policy_test;
mod prompts;
mod push;
mod push_endpoint;
mod restore;
mod resume;
#[cfg(target_os = "linux")]
mod scope;
mod screens;
mod secrets;
mod service;
mod settings;
mod signing_in;
mod status_line;
mod stream;
mod support;
mod survival;
mod tampering;
mod transcripts;
mod trouble;
mod viewer;
mod web;
mod workflows;
mod workspaces;
mod worktrees;
mod ws;
