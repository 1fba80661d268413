//! Texts with `${…}` in them.

use serde_json::Value;

/// A text whose `${…}` are filled in when it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
    /// The part of the definition that it is.
    path: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Value(Reference),
}

/// What a `${…}` names: `steps.review.verdict`, `files.0`, `item`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    segments: Vec<String>,
}

/// Where references find what they name.
pub trait Lookup {
    /// The value; `None` where there is none of this name.
    fn lookup(&self, reference: &Reference) -> Option<Value>;
}

/// A reference that names nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown(String);

impl std::fmt::Display for Unknown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`${{{}}}` has no value", self.0)
    }
}

impl Template {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            let before = &rest[..at];
            if let Some(before) = before.strip_suffix('\\') {
                plain.push_str(before);
                plain.push_str("${");
                rest = &rest[at + 2..];
                continue;
            }
            plain.push_str(before);
            let Some(end) = rest[at..].find('}') else {
                return Err("a `${` is not closed with `}`".to_owned());
            };
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Value(Reference::parse(&rest[at + 2..at + end])?));
            rest = &rest[at + end + 1..];
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self {
            pieces,
            path: String::new(),
        })
    }

    pub(crate) fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// The part of the definition that it is.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn references(&self) -> impl Iterator<Item = &Reference> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Value(reference) => Some(reference),
            Piece::Text(_) => None,
        })
    }

    /// Its pieces: texts, and what stands in `${…}`.
    pub(crate) fn split(&self) -> impl Iterator<Item = Result<&str, &Reference>> {
        self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => Ok(text.as_str()),
            Piece::Value(reference) => Err(reference),
        })
    }

    /// The text where nothing has to be filled in.
    pub fn as_plain(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The text; lists and objects in it as JSON.
    pub fn text(&self, values: &impl Lookup) -> Result<String, Unknown> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Value(reference) => text.push_str(&shown(&reference.value(values)?)),
            }
        }
        Ok(text)
    }

    /// The value itself where the template is nothing but one `${…}`; otherwise the text.
    pub fn value(&self, values: &impl Lookup) -> Result<Value, Unknown> {
        match self.pieces.as_slice() {
            [Piece::Value(reference)] => reference.value(values),
            _ => Ok(Value::String(self.text(values)?)),
        }
    }

    /// As its author wrote it.
    pub fn source(&self) -> String {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.replace("${", "\\${"),
            Piece::Value(reference) => format!("${{{}}}", reference.source()),
        });
        pieces.collect()
    }
}

impl Reference {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        // `list[0]` is `list.0`.
        let dotted = text.replace('[', ".").replace(']', "");
        let segments: Vec<String> = dotted.split('.').map(|s| s.trim().to_owned()).collect();
        let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        let names = segments.iter().all(|segment| !segment.is_empty())
            && segments
                .first()
                .is_some_and(|first| first.chars().all(is_name))
            && !text.contains(['{', '\n']);
        if !names {
            return Err(format!(
                "`${{{text}}}` names nothing: there is a name such as `steps.NAME.result` in it, and \
                 `\\${{` is a `${{` that stays"
            ));
        }
        Ok(Self { segments })
    }

    pub(crate) fn segments(&self) -> &[String] {
        &self.segments
    }

    pub(crate) fn source(&self) -> String {
        self.segments.join(".")
    }

    pub(crate) fn value(&self, values: &impl Lookup) -> Result<Value, Unknown> {
        values.lookup(self).ok_or_else(|| Unknown(self.source()))
    }
}

/// A value within a text.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Goes down into a value by names and by indices.
pub(crate) fn descend(value: &Value, segments: &[String]) -> Option<Value> {
    let mut value = value;
    for segment in segments {
        value = match value {
            Value::Object(fields) => fields.get(segment)?,
            Value::Array(items) => items.get(segment.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value.clone())
}
