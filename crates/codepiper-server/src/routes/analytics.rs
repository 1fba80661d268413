//! What agents used, and what that costs.

use axum::Json;
use axum::extract::State;
use codepiper_api::{
    AnalyticsParams, DecisionDay, HeatCell, ModelTokens, OverviewResponse, ProviderSessions,
    RebuildResponse, RuleDecisions, TimelineDay, TokenDay, ToolUsage, UsageResponse, UsageRow,
    UsageSum,
};
use codepiper_engine::{By, Engine, Tally, UsageQuery, UsageSums, Whose, cache_hit_rate, dollars};
use codepiper_model::Zone;

use crate::error::ApiError;
use crate::extract::Params;

/// How many tools are listed.
const TOOLS: usize = 100;

/// Sums usage up, for each of `by` and all together.
#[utoipa::path(
    get,
    path = "/analytics/usage",
    tag = "analytics",
    operation_id = "usage",
    params(AnalyticsParams),
    responses((status = 200, body = UsageResponse))
)]
pub(crate) async fn usage(
    State(engine): State<Engine>,
    Params(params): Params<AnalyticsParams>,
) -> Result<Json<UsageResponse>, ApiError> {
    let by = params.by.as_deref().map(by).transpose()?;
    let sums = engine.analytics.usage(query(params)?, by).await?;
    let rows = sums.rows.into_iter().map(|(key, tally)| UsageRow {
        key,
        sum: sum(&tally),
    });
    Ok(Json(UsageResponse {
        rows: rows.collect(),
        from: sums.from,
        to: sums.to,
        time_zone: sums.time_zone,
        total: sum(&sums.total),
        prices_problem: prices_problem(&engine),
    }))
}

/// Shows the most asked for sums.
#[utoipa::path(
    get,
    path = "/analytics/overview",
    tag = "analytics",
    operation_id = "overview",
    params(AnalyticsParams),
    responses((status = 200, body = OverviewResponse))
)]
pub(crate) async fn overview(
    State(engine): State<Engine>,
    Params(params): Params<AnalyticsParams>,
) -> Result<Json<OverviewResponse>, ApiError> {
    let query = query_without_by(params)?;
    let sums = engine.analytics.usage(query.clone(), None).await?;
    let counts = engine.analytics.counts(query).await?;
    let total = &sums.total;
    let tokens = &total.tokens;
    Ok(Json(OverviewResponse {
        sessions_count: counts.sessions.iter().map(|(_, count)| count).sum(),
        active_sessions: counts.live,
        total_tokens: tokens.total(),
        input_tokens: tokens.input,
        output_tokens: tokens.output,
        cache_read_tokens: tokens.cache_read,
        cache_creation_tokens: tokens.cache_write_5m + tokens.cache_write_1h,
        total_messages: total.turns + total.answers,
        cache_hit_rate: cache_hit_rate(tokens),
        cost_estimate: dollars(total.cost),
        unpriced_answers: total.unpriced,
        turns: total.turns,
        working_ms: total.working_ms,
        waiting_ms: counts.waiting_ms,
        from: sums.from,
        to: sums.to,
        time_zone: sums.time_zone,
        prices_problem: prices_problem(&engine),
    }))
}

/// Counts turns and answers by day.
#[utoipa::path(
    get,
    path = "/analytics/activity-timeline",
    tag = "analytics",
    operation_id = "activity_timeline",
    params(AnalyticsParams),
    responses((status = 200, body = Vec<TimelineDay>))
)]
pub(crate) async fn timeline(
    State(engine): State<Engine>,
    Params(params): Params<AnalyticsParams>,
) -> Result<Json<Vec<TimelineDay>>, ApiError> {
    let sums = rows(&engine, params, By::Day).await?;
    let days = sums.rows.into_iter().map(|(date, tally)| TimelineDay {
        date,
        user_messages: tally.turns,
        assistant_messages: tally.answers,
        total: tally.turns + tally.answers,
    });
    Ok(Json(days.collect()))
}

/// Sums tokens up by model, the most first.
#[utoipa::path(
    get,
    path = "/analytics/tokens-by-model",
    tag = "analytics",
    operation_id = "tokens_by_model",
    params(AnalyticsParams),
    responses((status = 200, body = Vec<ModelTokens>))
)]
pub(crate) async fn models(
    State(engine): State<Engine>,
    Params(params): Params<AnalyticsParams>,
) -> Result<Json<Vec<ModelTokens>>, ApiError> {
    let sums = rows(&engine, params, By::Model).await?;
    let models = sums.rows.into_iter().map(|(model, tally)| ModelTokens {
        model,
        tokens: tally.tokens.total(),
        prompt_tokens: tally.tokens.input,
        completion_tokens: tally.tokens.output,
        cache_read: tally.tokens.cache_read,
        cache_creation: tally.tokens.cache_write_5m + tally.tokens.cache_write_1h,
        requests: tally.answers,
        cost_estimate: sum(&tally).cost_usd,
    });
    let mut models: Vec<ModelTokens> = models.collect();
    models.sort_by_key(|model| std::cmp::Reverse(model.tokens));
    Ok(Json(models))
}

/// Sums tokens up by day.
#[utoipa::path(
    get,
    path = "/analytics/token-usage",
    tag = "analytics",
    operation_id = "token_usage",
    params(AnalyticsParams),
    responses((status = 200, body = Vec<TokenDay>))
)]
pub(crate) async fn tokens(
    State(engine): State<Engine>,
    Params(params): Params<AnalyticsParams>,
) -> Result<Json<Vec<TokenDay>>, ApiError> {
    let sums = rows(&engine, params, By::Day).await?;
    let days = sums.rows.into_iter().map(|(date, tally)| TokenDay {
        date,
        prompt: tally.tokens.input,
        completion: tally.tokens.output,
        cache_creation: tally.tokens.cache_write_5m + tally.tokens.cache_write_1h,
        cache_read: tally.tokens.cache_read,
    });
    Ok(Json(days.collect()))
}

/// Counts the sessions that were made, by agent.
#[utoipa::path(
    get,
    path = "/analytics/sessions-by-provider",
    tag = "analytics",
    operation_id = "sessions_by_provider",
    params(AnalyticsParams),
    responses((status = 200, body = Vec<ProviderSessions>))
)]
pub(crate) async fn providers(
    State(engine): State<Engine>,
    Params(params): Params<AnalyticsParams>,
) -> Result<Json<Vec<ProviderSessions>>, ApiError> {
    let counts = engine.analytics.counts(query_without_by(params)?).await?;
    let sessions = counts.sessions.into_iter();
    let sessions = sessions.map(|(provider, count)| ProviderSessions { provider, count });
    Ok(Json(sessions.collect()))
}

/// Counts the calls of tools, the most used first.
#[utoipa::path(
    get,
    path = "/analytics/tool-usage",
    tag = "analytics",
    operation_id = "tool_usage",
    params(AnalyticsParams),
    responses((status = 200, body = Vec<ToolUsage>))
)]
pub(crate) async fn tools(
    State(engine): State<Engine>,
    Params(params): Params<AnalyticsParams>,
) -> Result<Json<Vec<ToolUsage>>, ApiError> {
    let found = engine.analytics.tools(query_without_by(params)?, TOOLS);
    let tools = found.await?.into_iter().map(|it| ToolUsage {
        average_ms: it.duration_ms.checked_div(it.timed),
        tool: it.tool,
        count: it.calls,
        errors: it.errors,
    });
    Ok(Json(tools.collect()))
}

/// Counts answers and turns by hour of the week.
#[utoipa::path(
    get,
    path = "/analytics/heatmap",
    tag = "analytics",
    operation_id = "heatmap",
    params(AnalyticsParams),
    responses((status = 200, body = Vec<HeatCell>))
)]
pub(crate) async fn heatmap(
    State(engine): State<Engine>,
    Params(params): Params<AnalyticsParams>,
) -> Result<Json<Vec<HeatCell>>, ApiError> {
    let heat = engine.analytics.heat(query_without_by(params)?).await?;
    let cells = heat.into_iter().map(|(weekday, hour, tally)| HeatCell {
        weekday,
        hour,
        answers: tally.answers,
        turns: tally.turns,
    });
    Ok(Json(cells.collect()))
}

/// Counts what was decided, by day.
#[utoipa::path(
    get,
    path = "/analytics/policy-decisions",
    tag = "analytics",
    operation_id = "decisions_by_day",
    params(AnalyticsParams),
    responses((status = 200, body = Vec<DecisionDay>))
)]
pub(crate) async fn decisions(
    State(engine): State<Engine>,
    Params(params): Params<AnalyticsParams>,
) -> Result<Json<Vec<DecisionDay>>, ApiError> {
    let found = engine
        .analytics
        .decisions(query_without_by(params)?)
        .await?;
    let days = found
        .into_iter()
        .map(|(date, decision, count)| DecisionDay {
            date,
            decision,
            count,
        });
    Ok(Json(days.collect()))
}

/// Counts what was decided, by rule.
#[utoipa::path(
    get,
    path = "/analytics/rules",
    tag = "analytics",
    operation_id = "decisions_by_rule",
    params(AnalyticsParams),
    responses((status = 200, body = Vec<RuleDecisions>))
)]
pub(crate) async fn rules(
    State(engine): State<Engine>,
    Params(params): Params<AnalyticsParams>,
) -> Result<Json<Vec<RuleDecisions>>, ApiError> {
    let found = engine.analytics.rules(query_without_by(params)?).await?;
    let rules = found.into_iter();
    let rules = rules.map(|(policy_id, rule_id, decision, count)| RuleDecisions {
        policy_id,
        rule_id,
        decision,
        count,
    });
    Ok(Json(rules.collect()))
}

/// Counts everything anew, with the prices of now.
#[utoipa::path(
    post,
    path = "/analytics/rebuild",
    tag = "analytics",
    operation_id = "rebuild_analytics",
    responses((status = 200, body = RebuildResponse))
)]
pub(crate) async fn rebuild(
    State(engine): State<Engine>,
) -> Result<Json<RebuildResponse>, ApiError> {
    let removed = engine.analytics.rebuild().await?;
    let params = AnalyticsParams {
        range: Some("all".to_owned()),
        ..AnalyticsParams::default()
    };
    let Json(usage) = usage(State(engine), Params(params)).await?;
    Ok(Json(RebuildResponse {
        usage,
        removed_answers: removed.answers,
        removed_turns: removed.turns,
    }))
}

fn prices_problem(engine: &Engine) -> Option<String> {
    engine.analytics.prices_problem().map(ToString::to_string)
}

async fn rows(engine: &Engine, params: AnalyticsParams, by: By) -> Result<UsageSums, ApiError> {
    Ok(engine
        .analytics
        .usage(query_without_by(params)?, Some(by))
        .await?)
}

fn query_without_by(params: AnalyticsParams) -> Result<UsageQuery, ApiError> {
    if params.by.is_some() {
        let message = "`by` is for `/analytics/usage`; leave it out";
        return Err(wrong("by", message));
    }
    query(params)
}

fn query(params: AnalyticsParams) -> Result<UsageQuery, ApiError> {
    let range = params.range.as_deref().map(str::parse).transpose();
    let range =
        range.map_err(|error: codepiper_engine::RangeError| wrong("range", error.to_string()))?;
    let zone = params.time_zone.as_deref().map(|name| {
        Zone::named(name).ok_or_else(|| {
            let shown: String = name.chars().take(40).collect();
            let message =
                format!("there is no time zone `{shown}`; give one such as `Europe/Berlin`");
            wrong("timeZone", message)
        })
    });
    Ok(UsageQuery {
        range: range.unwrap_or_default(),
        zone: zone.transpose()?,
        whose: Whose {
            session: params.session_id.map(|id| id.to_string()),
            project: params.project,
            provider: params.provider,
            model: params.model,
        },
    })
}

fn by(name: &str) -> Result<By, ApiError> {
    Ok(match name {
        "day" => By::Day,
        "hour" => By::Hour,
        "session" => By::Session,
        "project" => By::Project,
        "provider" => By::Provider,
        "model" => By::Model,
        _ => {
            let message = "`by` is `day`, `hour`, `session`, `project`, `provider` or `model`";
            return Err(wrong("by", message));
        }
    })
}

fn wrong(field: &str, message: impl Into<String>) -> ApiError {
    ApiError::bad_request("invalid_request", Some(field.to_owned()), message.into())
}

fn sum(tally: &Tally) -> UsageSum {
    let has_price = tally.answers > tally.unpriced;
    UsageSum {
        answers: tally.answers,
        unpriced_answers: tally.unpriced,
        turns: tally.turns,
        working_ms: tally.working_ms,
        tokens: tally.tokens,
        cost_usd: has_price.then(|| dollars(tally.cost)),
    }
}
