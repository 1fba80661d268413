//! What is wrong with a definition is told with its line and its cause.

use codepiper_model::yaml::Yaml;
use codepiper_workflow::{Problem, Source};

fn problems(text: &str) -> Vec<Problem> {
    match Source::text(text) {
        Err(problem) => vec![problem],
        Ok(source) => source.read().err().unwrap_or_default(),
    }
}

#[test]
fn errors_name_line_and_cause() {
    let cases = Yaml::parse(include_str!("../cases/invalid.yaml")).unwrap();
    let cases = cases.value().as_array().unwrap();
    assert!(cases.len() >= 60);
    let mut wrong = String::new();
    for case in cases {
        let part = |name: &str| case[name].as_str().unwrap();
        let found = problems(part("text"));
        let line = case["line"]
            .as_u64()
            .and_then(|line| usize::try_from(line).ok());
        let told = found.iter().any(|problem| {
            let snippet = problem.snippet.as_deref().unwrap_or_default();
            problem.line == line
                && problem.message.contains(part("says"))
                && snippet.trim_end().ends_with('^')
        });
        // One cause, one error: what follows from it is not told as well.
        if !told || found.len() > 1 {
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            wrong = format!("{wrong}{}: {found:#?}\n", part("name"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn everything_that_is_wrong_is_told_at_once_and_in_order() {
    let found = problems("nam: x\nsteps:\n  - {name: a, type: log}\n  - {name: b, type: logg}\n");
    let told: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 1, column 1: `name` is missing",
            "line 1, column 1: a workflow has no field `nam`; is it `name`?",
            "line 3, column 5: `message` is missing",
            "line 4, column 21: there are no steps of type `logg`; is it `log`?",
        ]
    );
    assert_eq!(found[2].step_name.as_deref(), Some("a"));
    assert_eq!(found[1].snippet.as_deref(), Some("1 | nam: x\n  | ^"));
}
