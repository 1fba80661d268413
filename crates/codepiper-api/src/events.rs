use codepiper_model::{Event, EventSource, Seq};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which events to read.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EventsParams {
    /// Later than this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<i64>)]
    pub since: Option<Seq>,
    /// Earlier than this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<i64>)]
    pub before: Option<Seq>,
    /// From this source only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<EventSource>)]
    pub source: Option<String>,
    /// Of this type only.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// At most so many, 1 to 1000; 100 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
    /// `asc` (the default) or `desc`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// When there is nothing to read, wait so long for something, at most 60000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_ms: Option<u64>,
}

/// Events, in the order that was asked for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventsResponse {
    /// The events.
    pub events: Vec<Event>,
    /// Whether there are more.
    pub has_more: bool,
}
