use std::collections::BTreeMap;

use serde_json::Value;

use super::overrides::{table, text};

/// Models that the terminal asks about at its start, and what the answer would switch to. There is
/// no other answer: both keys of that screen switch. It asks nothing where it is told that each was
/// asked about before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Successors(BTreeMap<String, String>);

impl Successors {
    /// Those of 0.169.0.
    pub fn known() -> Self {
        let known = [
            ("gpt-5.5", "gpt-6-sol"),
            ("gpt-5.6-luna", "gpt-6-luna"),
            ("gpt-5.6-sol", "gpt-6-sol"),
            ("gpt-5.6-terra", "gpt-6-sol"),
        ];
        let owned = known.map(|(model, next)| (model.to_owned(), next.to_owned()));
        Self(owned.into_iter().collect())
    }

    /// Those that an app-server knows, from the result of `model/list`; `None` where it lists no
    /// model at all.
    pub fn listed(result: &Value) -> Option<Self> {
        let models = result["data"]
            .as_array()
            .filter(|models| !models.is_empty())?;
        let upgrade = |model: &Value| {
            let (name, next) = (model["model"].as_str()?, model["upgrade"].as_str()?);
            Some((name.to_owned(), next.to_owned()))
        };
        Some(Self(models.iter().filter_map(upgrade).collect()))
    }

    /// The value of `notice.model_migrations`.
    pub(super) fn toml(&self) -> String {
        table(
            self.0
                .iter()
                .map(|(model, next)| (model.clone(), text(next))),
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_list_of_an_app_server_says_what_would_be_asked() {
        // Recorded from Codex 0.169.0, shortened.
        let list = json!({"data": [
            {"id": "gpt-6-sol", "model": "gpt-6-sol", "upgrade": null, "hidden": false},
            {"id": "gpt-5.5", "model": "gpt-5.5", "upgrade": "gpt-6-sol", "hidden": false},
        ], "nextCursor": null});
        let listed = Successors::listed(&list).unwrap();
        assert_eq!(listed.toml(), r#"{"gpt-5.5"="gpt-6-sol"}"#);
        assert_eq!(Successors::listed(&json!({"data": []})), None);
    }
}
