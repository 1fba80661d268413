use codepiper_model::RiskClass;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::PolicyError;

/// One class of risk or several, any of which will do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(
    untagged,
    expecting = "this takes a class of risk or a list of them: `read`, `write_workspace`, \
                               `write_outside`, `network`, `destructive`, `unknown`"
)]
pub enum RiskRule {
    /// One.
    One(RiskClass),
    /// Several.
    Many(Vec<RiskClass>),
}

/// The same, ready to be asked.
#[derive(Clone, Debug)]
pub(crate) struct RiskMatcher(Vec<RiskClass>);

impl RiskRule {
    pub(crate) fn compile(&self) -> Result<RiskMatcher, PolicyError> {
        let classes = match self {
            Self::One(class) => vec![*class],
            Self::Many(classes) => classes.clone(),
        };
        if classes.is_empty() {
            return Err(PolicyError::new(
                "risk",
                "an empty list matches nothing; remove it",
            ));
        }
        Ok(RiskMatcher(classes))
    }
}

impl RiskMatcher {
    pub(crate) fn matches(&self, class: RiskClass) -> bool {
        self.0.contains(&class)
    }
}
