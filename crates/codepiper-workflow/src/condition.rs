//! Conditions: the expressions of Jinja as the library minijinja reads them, with three things of
//! their own. `${…}` stands for a value and is never read again as part of the expression; bare
//! words are texts; and comparisons go by what values say, as in the conditions people have:
//! `"3" > 0` is true, `===` asks for the same type too. `&&`, `||` and `!` are and, or and not.

mod words;

use std::cmp::Ordering;

use minijinja::value::{Serde, Value as Jinja, ValueKind};
use minijinja::{Environment, UndefinedBehavior};
use serde_json::{Number, Value};

use crate::template::{Lookup, Reference, Template, Unknown};
use crate::tokens::{Side, Token, tokens};

/// How much an expression may do before it is given up.
const FUEL: u64 = 20_000;

/// A condition that can be asked.
#[derive(Clone, Debug)]
pub struct Condition {
    source: String,
    program: String,
    references: Vec<Reference>,
    path: String,
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Condition {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut writer = Writer::default();
        let tokens = tokens(text)?;
        let program = writer.sequence(&tokens)?;
        let condition = Self {
            source: text.to_owned(),
            program,
            references: writer.references,
            path: String::new(),
        };
        let environment = environment();
        let compiled = environment.compile_expression(&condition.program);
        compiled.map_err(|error| {
            let why = error.detail().unwrap_or("it cannot be read").to_owned();
            format!("`{text}` is no condition: {why}")
        })?;
        match words::unknown(&environment, &tokens, &condition.program) {
            Some(why) => Err(format!("`{text}` is no condition: {why}")),
            None => Ok(condition),
        }
    }

    pub(crate) fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn references(&self) -> &[Reference] {
        &self.references
    }

    /// As its author wrote it.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it holds.
    pub fn holds(&self, values: &impl Lookup) -> Result<bool, String> {
        let found: Result<Vec<(String, Jinja)>, Unknown> = self
            .references
            .iter()
            .enumerate()
            .map(|(i, reference)| {
                let value = reference.value(values)?;
                Ok((format!("v{i}"), Jinja::from(Serde(value))))
            })
            .collect();
        let context = Jinja::from_pairs(found.map_err(|unknown| unknown.to_string())?);
        let environment = environment();
        let said = environment
            .compile_expression(&self.program)
            .and_then(|expression| expression.eval(context))
            .map_err(|error| format!("`{}` cannot be decided: {error}", self.source))?;
        Ok(said.is_true())
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_function("compare_values", |how: &str, left: Jinja, right: Jinja| {
        compare(how, &plain(&left), &plain(&right))
    });
    environment.add_function("is_said", |value: Jinja| is_said(&plain(&value)));
    environment
}

/// Writes what the library reads.
#[derive(Default)]
struct Writer {
    references: Vec<Reference>,
}

impl Writer {
    /// Comparisons and values, joined by `and`, `or`, `not` and commas.
    fn sequence(&mut self, tokens: &[Token]) -> Result<String, String> {
        let mut written = String::new();
        for part in crate::tokens::parts(tokens) {
            match part {
                Side::Joint(word) => written.extend([" ", word, " "]),
                Side::Operand(tokens) => written.push_str(&self.comparison(tokens)?),
            }
        }
        Ok(written)
    }

    fn comparison(&mut self, tokens: &[Token]) -> Result<String, String> {
        if tokens.iter().any(|token| token.as_word() == Some("=")) {
            return Err("a `=` stands alone: `==` compares".to_owned());
        }
        let signs: Vec<usize> = (0..tokens.len())
            .filter(|i| matches!(tokens[*i], Token::Compare(_)))
            .collect();
        match signs.as_slice() {
            [] => Ok(format!("is_said({})", self.operand(tokens)?)),
            [at] => {
                let Token::Compare(sign) = &tokens[*at] else {
                    return Err("a comparison is missing".to_owned());
                };
                let left = self.operand(&tokens[..*at])?;
                let right = self.operand(&tokens[at + 1..])?;
                Ok(format!("compare_values(\"{sign}\", {left}, {right})"))
            }
            _ => Err("two comparisons stand side by side; join them with `and`".to_owned()),
        }
    }

    fn operand(&mut self, tokens: &[Token]) -> Result<String, String> {
        if tokens.is_empty() {
            return Err("a side of a comparison is empty".to_owned());
        }
        let words: Option<Vec<&str>> = tokens.iter().map(Token::as_word).collect();
        if let Some(words) = words {
            let said = words.join(" ");
            if said.starts_with("steps.") || said.starts_with("inputs.") {
                return Err(format!(
                    "`{said}` is a text here; its value is `${{{said}}}`"
                ));
            }
            return Ok(literal(&bare(&said)));
        }
        let mut written = String::new();
        for token in tokens {
            match token {
                Token::Reference(reference) => written.push_str(&self.reference(reference)),
                Token::Text(text) => written.push_str(&self.text(text)?),
                Token::Word(word) => written.extend([" ", word, " "]),
                Token::Pipe => written.push('|'),
                Token::Group(open, inner, close) => {
                    let is_list = *open == '[';
                    let inner = if is_list {
                        self.values(inner)?
                    } else {
                        self.group(inner)?
                    };
                    written.push(*open);
                    written.push_str(&inner);
                    written.push(*close);
                }
                Token::Compare(sign) | Token::Joint(sign) => written.push_str(sign),
            }
        }
        Ok(written)
    }

    /// What stands in parentheses: a condition, or the arguments of a function.
    fn group(&mut self, tokens: &[Token]) -> Result<String, String> {
        let is_condition = tokens
            .iter()
            .any(|token| matches!(token, Token::Compare(_)) || token.is_joint_but_comma());
        if is_condition {
            self.sequence(tokens)
        } else {
            self.values(tokens)
        }
    }

    fn values(&mut self, tokens: &[Token]) -> Result<String, String> {
        let parts = tokens.split(|token| matches!(token, Token::Joint(",")));
        let written: Result<Vec<String>, String> = parts
            .filter(|part| !part.is_empty())
            .map(|part| self.operand(part))
            .collect();
        Ok(written?.join(", "))
    }

    fn reference(&mut self, reference: &Reference) -> String {
        self.references.push(reference.clone());
        format!("v{}", self.references.len() - 1)
    }

    /// A text in quotes, in which `${…}` may stand as well.
    fn text(&mut self, text: &str) -> Result<String, String> {
        let template = Template::parse(text)?;
        if let Some(plain) = template.as_plain() {
            return Ok(literal(&Value::String(plain.to_owned())));
        }
        let pieces: Vec<String> = template
            .split()
            .map(|piece| match piece {
                Ok(plain) => literal(&Value::String(plain.to_owned())),
                Err(reference) => self.reference(reference),
            })
            .collect();
        Ok(format!("(\"\" ~ {})", pieces.join(" ~ ")))
    }
}

/// What a bare word says.
fn bare(text: &str) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        "null" | "undefined" | "none" => Value::Null,
        other => number(other).map_or_else(|| Value::String(other.to_owned()), Value::Number),
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        other => other.to_string(),
    }
}

fn plain(value: &Jinja) -> Value {
    if value.kind() == ValueKind::Undefined {
        return Value::Null;
    }
    serde_json::to_value(value).unwrap_or(Value::Null)
}

fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    let digits = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    let number = text.parse::<f64>().ok().filter(|_| digits)?;
    Number::from_f64(number)
}

fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => number(text)?.as_f64(),
        _ => None,
    }
}

fn compare(how: &str, left: &Value, right: &Value) -> bool {
    match how {
        "===" => is_same(left, right),
        "!==" => !is_same(left, right),
        "==" => is_like(left, right),
        "!=" => !is_like(left, right),
        _ => ordering(left, right).is_some_and(|order| match how {
            "<" => order.is_lt(),
            "<=" => order.is_le(),
            ">" => order.is_gt(),
            _ => order.is_ge(),
        }),
    }
}

fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        _ => left == right,
    }
}

fn is_like(left: &Value, right: &Value) -> bool {
    if left.is_null() || right.is_null() {
        return left.is_null() && right.is_null();
    }
    match (as_number(left), as_number(right)) {
        (Some(a), Some(b)) => a.total_cmp(&b).is_eq(),
        _ => crate::template::shown(left) == crate::template::shown(right),
    }
}

/// Nothing is neither more nor less than anything.
fn ordering(left: &Value, right: &Value) -> Option<Ordering> {
    if left.is_null() || right.is_null() {
        return None;
    }
    match (as_number(left), as_number(right)) {
        (Some(a), Some(b)) => a.partial_cmp(&b),
        _ => Some(crate::template::shown(left).cmp(&crate::template::shown(right))),
    }
}

/// Whether a value alone means yes: `false`, `0`, nothing and what is empty do not.
fn is_said(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is) => *is,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !matches!(text.trim(), "" | "false" | "0"),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
}

#[cfg(test)]
mod tests;
