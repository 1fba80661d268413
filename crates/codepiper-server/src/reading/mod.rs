//! From JSON, or from the parameters behind a question mark, to a request.
//!
//! For a request `serde_json` is too lenient, and too talkative: of two equal keys the second one
//! wins, a list passes for a struct, and messages repeat values, which may be secrets. So a text
//! becomes a tree first, and the tree a request, with errors in our own words.

pub(crate) mod lenient;
mod misfit;

use std::collections::HashSet;
use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{
    Deserialize, DeserializeOwned, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Number;

pub(crate) use misfit::Misfit;
use misfit::Reason;

/// What was sent, before anybody knows what it means. It has no `Debug`: there are secrets in it.
pub(crate) enum Tree {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    /// The value of a parameter: a text that may be meant as something else.
    Word(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    /// Reads a body.
    pub(crate) fn from_json(json: &[u8]) -> Result<Self, Misfit> {
        serde_json::from_slice(json).map_err(|error| Misfit {
            field: None,
            message: format!("the body is no JSON: {error}"),
        })
    }

    /// Takes parameters, decoded.
    pub(crate) fn from_params(params: Vec<(String, String)>) -> Self {
        let words = params
            .into_iter()
            .map(|(name, value)| (name, Self::Word(value)));
        Self::Object(words.collect())
    }

    /// Makes it a request.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, Misfit> {
        serde_path_to_error::deserialize(self).map_err(|error| {
            let path = error.path().iter().next().map(|_| error.path().to_string());
            error.into_inner().about(path)
        })
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "`null`",
            Self::Bool(true) => "`true`",
            Self::Bool(false) => "`false`",
            Self::Number(n) if n.is_f64() => "a number with a fraction",
            Self::Number(_) => "a number",
            Self::Word(word) if word.is_empty() => "empty",
            Self::Text(_) | Self::Word(_) => "a text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    fn not(&self, wanted: &'static str) -> Reason {
        let found = self.kind();
        Reason::Kind { found, wanted }
    }

    fn whole_number<T: TryFrom<i128>>(&self, wanted: &'static str) -> Result<T, Reason> {
        let number = match self {
            Self::Number(n) => n.as_i128(),
            Self::Word(word) => word.parse().ok(),
            _ => None,
        };
        let is_beyond = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
        let found = match (number.map(T::try_from), self) {
            (Some(Ok(number)), _) => return Ok(number),
            (Some(Err(_)), _) if number < Some(0) => "below zero",
            (Some(Err(_)), _) => "too large",
            (None, Self::Number(n)) if n.as_f64().is_some_and(|n| n.abs() > 1e15) => "too large",
            (None, Self::Word(word)) if is_beyond(word) => "too large",
            (None, _) => self.kind(),
        };
        Err(Reason::Kind { found, wanted })
    }
}

macro_rules! whole_numbers {
    ($($method:ident $visit:ident $wanted:literal,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reason> {
            visitor.$visit(self.whole_number($wanted)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Tree {
    type Error = Reason;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reason> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(value) => visitor.visit_bool(value),
            Self::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), _, _) => visitor.visit_u64(number),
                (_, Some(number), _) => visitor.visit_i64(number),
                (_, _, number) => visitor.visit_f64(number.unwrap_or(f64::NAN)),
            },
            Self::Text(text) | Self::Word(text) => visitor.visit_string(text),
            Self::List(items) => {
                let mut items = SeqDeserializer::new(items.into_iter());
                let value = visitor.visit_seq(&mut items)?;
                items.end().map(|()| value)
            }
            Self::Object(entries) => {
                let mut seen = HashSet::new();
                if let Some((key, _)) = entries.iter().find(|(key, _)| !seen.insert(key)) {
                    return Err(Reason::Twice(key.clone()));
                }
                let mut entries = MapDeserializer::new(entries.into_iter());
                let value = visitor.visit_map(&mut entries)?;
                entries.end().map(|()| value)
            }
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reason> {
        match &self {
            Self::Bool(value) => visitor.visit_bool(*value),
            Self::Word(word) if word == "true" => visitor.visit_bool(true),
            Self::Word(word) if word == "false" => visitor.visit_bool(false),
            _ => Err(self.not("true or false")),
        }
    }

    whole_numbers! {
        deserialize_i8 visit_i8 "a whole number",
        deserialize_i16 visit_i16 "a whole number",
        deserialize_i32 visit_i32 "a whole number",
        deserialize_i64 visit_i64 "a whole number",
        deserialize_u8 visit_u8 "a whole number, 0 or more",
        deserialize_u16 visit_u16 "a whole number, 0 or more",
        deserialize_u32 visit_u32 "a whole number, 0 or more",
        deserialize_u64 visit_u64 "a whole number, 0 or more",
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reason> {
        match self {
            Self::Text(text) | Self::Word(text) => visitor.visit_string(text),
            _ => Err(self.not("a text")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reason> {
        self.deserialize_string(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reason> {
        match self {
            Self::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Reason> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reason> {
        match self {
            Self::List(_) => self.deserialize_any(visitor),
            _ => Err(self.not("a list")),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reason> {
        match self {
            Self::Object(_) => self.deserialize_any(visitor),
            _ => Err(self.not("an object")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Reason> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Reason> {
        match self {
            Self::Text(text) | Self::Word(text) => visitor.visit_enum(text.into_deserializer()),
            _ => Err(self.not("a text")),
        }
    }

    forward_to_deserialize_any! {
        f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any
    }
}

impl IntoDeserializer<'_, Reason> for Tree {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Tree, E> {
        Ok(Tree::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Tree, E> {
        Ok(Tree::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Tree, E> {
        Ok(Number::from_f64(number).map_or(Tree::Null, Tree::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Tree, E> {
        Ok(Tree::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Tree::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Tree::Object(entries))
    }
}

#[cfg(test)]
mod tests;
