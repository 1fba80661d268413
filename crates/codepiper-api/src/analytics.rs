use codepiper_model::{SessionId, Tokens};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What to sum up, in every path below `/analytics`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AnalyticsParams {
    /// `today`, `7d` (the default), `30d`, `all`, or the first and the last day:
    /// `2026-11-01..2026-11-23`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    /// The time zone in which days begin, such as `Europe/Berlin`; by default the setting `timeZone`, or else that
    /// of the machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Of this session only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// Of this project only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Of this agent only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Of this model only; where there is no model, as with sessions and decisions, of the sessions
    /// in which it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// With `/analytics/usage` only: `day`, `hour`, `session`, `project`, `provider` or `model`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A sum of usage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsageSum {
    /// Answers of models.
    pub answers: i64,
    /// How many of them have no price.
    pub unpriced_answers: i64,
    /// Turns that are over.
    pub turns: i64,
    /// How long they took; milliseconds.
    pub working_ms: i64,
    /// What models read and wrote.
    #[serde(flatten)]
    pub tokens: Tokens,
    /// What that costs in dollars, of the answers that have a price; none where none has.
    pub cost_usd: Option<f64>,
}

/// A sum, and what it is of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UsageRow {
    /// A day `2026-11-23`, an hour `2026-11-23T14`, an id, a path, a name.
    pub key: String,
    /// The sum.
    #[serde(flatten)]
    pub sum: UsageSum,
}

/// `GET /analytics/usage`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsageResponse {
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// In which days begin.
    pub time_zone: String,
    /// One for each of `by`; none where that is left out.
    pub rows: Vec<UsageRow>,
    /// All together.
    pub total: UsageSum,
    /// Why the person's own prices are left out and those of the program count; none where they
    /// are not.
    #[serde(default)]
    pub prices_problem: Option<String>,
}

/// `POST /analytics/rebuild`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RebuildResponse {
    /// All that is counted.
    #[serde(flatten)]
    pub usage: UsageResponse,
    /// Answers that are counted no more: of more tokens than any answer has.
    pub removed_answers: usize,
    /// Turns that are not: longer than any turn.
    pub removed_turns: usize,
}

/// `GET /analytics/overview`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OverviewResponse {
    /// Sessions that were made in the range.
    pub sessions_count: usize,
    /// Sessions that live now.
    pub active_sessions: usize,
    /// All that models read and wrote.
    pub total_tokens: u64,
    /// What they read, without the cache.
    pub input_tokens: u64,
    /// What they wrote.
    pub output_tokens: u64,
    /// What they read from the cache.
    pub cache_read_tokens: u64,
    /// What they put into it.
    pub cache_creation_tokens: u64,
    /// Turns and answers.
    pub total_messages: i64,
    /// The share of what was read that came from the cache; percent.
    pub cache_hit_rate: f64,
    /// In dollars, of the answers that have a price.
    pub cost_estimate: f64,
    /// Answers that have none.
    pub unpriced_answers: i64,
    /// Turns that are over.
    pub turns: i64,
    /// How long they took; milliseconds.
    pub working_ms: i64,
    /// How long agents waited for a person in it; milliseconds.
    pub waiting_ms: u64,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// In which days begin.
    pub time_zone: String,
    /// Why the person's own prices are left out and those of the program count; none where they
    /// are not.
    #[serde(default)]
    pub prices_problem: Option<String>,
}

/// A day of `GET /analytics/activity-timeline`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimelineDay {
    /// The day.
    pub date: String,
    /// Turns that ended on it.
    pub user_messages: i64,
    /// Answers of models.
    pub assistant_messages: i64,
    /// Both.
    pub total: i64,
}

/// A model of `GET /analytics/tokens-by-model`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelTokens {
    /// The model, as the agent reports it.
    pub model: String,
    /// All that it read and wrote.
    pub tokens: u64,
    /// What it read, without the cache.
    pub prompt_tokens: u64,
    /// What it wrote.
    pub completion_tokens: u64,
    /// What it read from the cache.
    pub cache_read: u64,
    /// What it put into it.
    pub cache_creation: u64,
    /// How often it answered.
    pub requests: i64,
    /// In dollars; none where there is no price.
    #[serde(rename = "costEstimate")]
    pub cost_estimate: Option<f64>,
}

/// A day of `GET /analytics/token-usage`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenDay {
    /// The day.
    pub date: String,
    /// What models read, without the cache.
    pub prompt: u64,
    /// What they wrote.
    pub completion: u64,
    /// What they put into the cache.
    pub cache_creation: u64,
    /// What they read from it.
    pub cache_read: u64,
}

/// An agent of `GET /analytics/sessions-by-provider`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProviderSessions {
    /// The agent.
    pub provider: String,
    /// Sessions that were made in the range.
    pub count: usize,
}

/// A tool of `GET /analytics/tool-usage`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ToolUsage {
    /// The tool.
    pub tool: String,
    /// How often it was used.
    pub count: u64,
    /// How often that failed or was refused.
    pub errors: u64,
    /// How long it ran on average, where agents tell; milliseconds.
    pub average_ms: Option<u64>,
}

/// An hour of the week, of `GET /analytics/heatmap`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeatCell {
    /// The day of the week; 0 is Monday.
    pub weekday: u8,
    /// The hour of the day, 0 to 23.
    pub hour: u8,
    /// Answers of models.
    pub answers: i64,
    /// Turns that ended in it.
    pub turns: i64,
}

/// A day of `GET /analytics/policy-decisions`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DecisionDay {
    /// The day.
    pub date: String,
    /// `allow`, `deny`, `ask` or `none`.
    pub decision: String,
    /// How many.
    pub count: u64,
}

/// A rule of `GET /analytics/rules`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleDecisions {
    /// The policy; none where no rule decided.
    pub policy_id: Option<String>,
    /// The rule.
    pub rule_id: Option<String>,
    /// `allow`, `deny`, `ask` or `none`.
    pub decision: String,
    /// How many.
    pub count: u64,
}
