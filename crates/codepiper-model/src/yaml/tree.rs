//! What the parser makes of a text: values with their places.

use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::{Error, MessageFormatter as _, Spanned, UserMessageFormatter};

use super::{NODES_MAX, Place, Places, YamlError};

/// A value and where it stands.
pub(super) struct Tree {
    place: Place,
    node: Node,
}

enum Node {
    Plain(Value),
    List(Vec<Tree>),
    Object(Vec<(Spanned<String>, Tree)>),
}

/// How deep values may be nested.
const DEPTH_MAX: usize = 32;

/// The parser calls itself more than once for each level, and needs up to 50 KiB for that.
const STACK: usize = 8 * 1024 * 1024;

impl Tree {
    pub(super) fn parse(text: &str) -> Result<Self, YamlError> {
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK);
            let parsed = thread
                .spawn_scoped(scope, || Self::parse_here(text))
                .map(std::thread::ScopedJoinHandle::join);
            match parsed {
                Ok(Ok(parsed)) => parsed,
                Ok(Err(_)) | Err(_) => {
                    Err(YamlError::nowhere("the text cannot be read".to_owned()))
                }
            }
        })
    }

    fn parse_here(text: &str) -> Result<Self, YamlError> {
        let options = serde_saphyr::options! {
            budget: serde_saphyr::budget! {
                max_nodes: NODES_MAX,
                max_events: 4 * NODES_MAX,
                max_depth: DEPTH_MAX,
                max_documents: 1,
            },
            alias_limits: serde_saphyr::alias_limits! {
                max_total_replayed_events: NODES_MAX,
            },
            // `0123` and `1_000` are names and versions, not numbers.
            leading_zero_numbers_as_strings: true,
            underscored_numbers_as_strings: true,
            strict_booleans: true,
            with_snippet: false,
        };
        serde_saphyr::from_str_with_options(text, options).map_err(|error| {
            let place = error.location().map(place_of);
            YamlError::new("", described(&error), place, text)
        })
    }

    /// The bare value; the place of every part goes to `places` under its path.
    pub(super) fn into_value(
        self,
        path: String,
        key: Option<Place>,
        places: &mut HashMap<String, Places>,
    ) -> Value {
        let value = match self.node {
            Node::Plain(value) => value,
            Node::List(items) => {
                let items = items.into_iter().enumerate();
                let items =
                    items.map(|(i, item)| item.into_value(format!("{path}[{i}]"), None, places));
                Value::Array(items.collect())
            }
            Node::Object(entries) => {
                let mut object = Map::new();
                for (key, item) in entries {
                    let below = match path.as_str() {
                        "" => key.value.clone(),
                        path => format!("{path}.{}", key.value),
                    };
                    let at = place_of(key.referenced);
                    object.insert(key.value, item.into_value(below, Some(at), places));
                }
                Value::Object(object)
            }
        };
        let at = Places {
            key: key.unwrap_or(self.place),
            value: self.place,
        };
        places.insert(path, at);
        value
    }
}

fn place_of(location: serde_saphyr::Location) -> Place {
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    Place {
        line: number(location.line()),
        column: number(location.column()),
    }
}

/// What is wrong, for people who do not know the parser.
fn described(error: &Error) -> String {
    match error {
        Error::WithSnippet { error, .. } | Error::AliasError { error, .. } => described(error),
        Error::DuplicateMappingKey { key: Some(key), .. } => format!("`{key}` is there twice"),
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => format!(
            "the text is more than one document, holds more than {NODES_MAX} values, or is nested \
             deeper than {DEPTH_MAX}"
        ),
        other => UserMessageFormatter.format_message(other).into_owned(),
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(yaml: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Node>::deserialize(yaml)?;
        Ok(Self {
            place: place_of(spanned.referenced),
            node: spanned.value,
        })
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(yaml: D) -> Result<Self, D::Error> {
        yaml.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YAML")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Plain(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Plain(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, yaml: D) -> Result<Node, D::Error> {
        Node::deserialize(yaml)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Plain(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Plain(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        let number = Number::from_f64(number).map_or(Value::Null, Value::Number);
        Ok(Node::Plain(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Plain(text.into()))
    }

    fn visit_string<E>(self, text: String) -> Result<Node, E> {
        Ok(Node::Plain(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Object(entries))
    }
}
