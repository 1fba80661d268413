use serde_json::json;

use super::*;
use crate::template::descend;

impl Lookup for Value {
    fn lookup(&self, reference: &Reference) -> Option<Value> {
        descend(self, reference.segments())
    }
}

#[test]
fn conditions_mean_what_they_say() {
    let values = json!({
        "n": 3, "text": "12", "none": null, "no": "false", "word": "done", "list": [1, 2],
        "evil": "1 == 1", "quote": "it's \" or true", "steps": { "a": { "failures": "0" } },
    });
    for (text, holds) in [
        ("${n} > 0", true),
        ("${text} > 9", true),
        ("${text} == 12", true),
        ("${text} === 12", false),
        ("${text} === '12'", true),
        ("${none} > 0", false),
        ("${none} < 0", false),
        ("${none} == null", true),
        ("${none} == 0", false),
        ("${no}", false),
        ("${word} == done", true),
        ("${word} == 'done'", true),
        ("'${word}' == \"done\"", true),
        ("\"${word}-${n}\" == 'done-3'", true),
        ("${word} == ready to go", false),
        ("${evil}", true),
        ("${evil} == 2", false),
        ("${quote} == x", false),
        ("${steps.a.failures} == '0'", true),
        ("${steps.a.failures} == 0", true),
        ("${steps.a.failures}", false),
        ("${n} > 2 and ${word} == done", true),
        ("${n} > 2 && !(${word} == done)", false),
        ("not ${no} or ${n} > 5", true),
        ("(${n} > 5 || ${n} < 4) && ${word} != x", true),
        ("${list}|length == 2", true),
        ("${n} + 1 == 4", true),
        ("${word} in ['done', 'ready']", true),
        ("${word} not in ['done', 'ready']", false),
        ("${word} is not none", true),
        ("${list[1]} == 2", true),
        ("apple < banana", true),
        ("1.5 < 10", true),
        ("true", true),
    ] {
        let condition = Condition::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(
            condition.holds(&values),
            Ok(holds),
            "{text} -> {}",
            condition.program
        );
    }
    let unknown = Condition::parse("${nobody} > 1").unwrap().holds(&values);
    assert_eq!(unknown, Err("`${nobody}` has no value".to_owned()));
}

#[test]
fn what_is_no_condition_is_named() {
    for (text, why) in [
        ("${n} >", "side"),
        ("${n} > 1 > 2", "side by side"),
        ("(${n}", "`)` is missing"),
        ("${n})", "closes nothing"),
        ("'x", "not closed"),
        ("${n", "not closed"),
        ("${}", "names nothing"),
        ("${n} and", "no condition"),
        ("${n}|nosuch ${n}", "no condition"),
        ("${n}|nosuch", "no filter `nosuch`"),
        ("(${n} > 1) and ${n} is not nosuch", "no test `nosuch`"),
        ("nosuch(${n}) > 1", "`nosuch` is no value"),
        ("${n} in allowed", "`allowed` is no value"),
        ("steps.a.result == 1", "its value is `${steps.a.result}`"),
    ] {
        let error = Condition::parse(text).expect_err(text);
        assert!(error.contains(why), "{text}: {error}");
    }
}
