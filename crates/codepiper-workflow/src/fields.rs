//! The fields of an object in a definition, read one by one: what nobody asked for is unknown.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::limits::is_env_name;
use crate::problem::Problems;
use crate::template::Template;

/// An object whose fields are read. Names are written with underscores, and read in camel case too.
pub(crate) struct Fields<'a> {
    values: &'a Map<String, Value>,
    path: String,
    asked: RefCell<Vec<&'static str>>,
    problems: &'a Problems,
}

/// A value and where it stands.
#[derive(Clone)]
pub(crate) struct Part<'a> {
    pub(crate) value: &'a Value,
    pub(crate) path: String,
}

impl<'a> Fields<'a> {
    pub(crate) fn of(value: &'a Value, path: &str, problems: &'a Problems) -> Option<Self> {
        let Some(values) = value.as_object() else {
            problems.add(path, format!("{} is to be an object", place(path)));
            return None;
        };
        Some(Self {
            values,
            path: path.to_owned(),
            asked: RefCell::default(),
            problems,
        })
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// A field; one that says `null` is not there.
    pub(crate) fn get(&self, name: &'static str) -> Option<Part<'a>> {
        self.asked.borrow_mut().push(name);
        let camel = camel_case(name);
        let both = camel != name && self.values.contains_key(name);
        if both && self.values.contains_key(&camel) {
            let message = format!("`{name}` and `{camel}` are the same field: keep one");
            self.problems.add_at_key(&join(&self.path, &camel), message);
        }
        for written in [name, &camel] {
            if let Some(value) = self.values.get(written).filter(|value| !value.is_null()) {
                return Some(Part {
                    value,
                    path: join(&self.path, written),
                });
            }
        }
        None
    }

    /// Whether it is there, without saying that it may be.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// A field that has to be there.
    pub(crate) fn need(&self, name: &'static str) -> Option<Part<'a>> {
        let found = self.get(name);
        if found.is_none() {
            let message = format!("`{name}` is missing");
            self.problems.add(&self.path, message);
        }
        found
    }

    pub(crate) fn text(&self, name: &'static str) -> Option<String> {
        self.as_text(&self.get(name)?)
    }

    pub(crate) fn needed_text(&self, name: &'static str) -> Option<String> {
        let part = self.need(name)?;
        let (text, path) = (self.as_text(&part)?, part.path);
        if text.trim().is_empty() {
            self.problems.add(&path, format!("`{path}` is empty"));
            return None;
        }
        Some(text)
    }

    /// A text in which nothing is filled in.
    pub(crate) fn fixed_text(&self, name: &'static str) -> Option<String> {
        let part = self.get(name)?;
        let text = self.needed_text(name)?;
        self.fixed(&part.path, text)
    }

    fn fixed(&self, path: &str, text: String) -> Option<String> {
        if text.contains("${") {
            let message = format!("nothing is filled in here: `{path}` stays as it is written");
            self.problems.add(path, message);
            return None;
        }
        Some(text)
    }

    fn as_text(&self, part: &Part<'a>) -> Option<String> {
        match part.value {
            Value::String(text) => Some(text.clone()),
            // `name: 007` and `pattern: 12` are what people write.
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(is) => Some(is.to_string()),
            _ => self.wrong(&part.path, "a text"),
        }
    }

    pub(crate) fn template(&self, name: &'static str) -> Option<Template> {
        self.get(name)?;
        self.needed_template(name)
    }

    pub(crate) fn needed_template(&self, name: &'static str) -> Option<Template> {
        let part = self.need(name)?;
        self.needed_text(name)?;
        self.read_template(&part)
    }

    pub(crate) fn read_template(&self, part: &Part<'a>) -> Option<Template> {
        let text = self.as_text(part)?;
        match Template::parse(&text) {
            Ok(template) => Some(template.at(&part.path)),
            Err(why) => {
                let message = format!("`{}`: {why}", part.path);
                self.problems.add(&part.path, message);
                None
            }
        }
    }

    pub(crate) fn flag(&self, name: &'static str) -> bool {
        match self.get(name) {
            None => false,
            Some(Part {
                value: Value::Bool(is),
                ..
            }) => *is,
            Some(part) => self.wrong(&part.path, "`true` or `false`").unwrap_or(false),
        }
    }

    pub(crate) fn whole(&self, name: &'static str, least: u64, most: u64) -> Option<u64> {
        let part = self.get(name)?;
        let number = part.value.as_u64().or_else(|| {
            // What another program wrote as JSON may say `3.0`.
            let number = part.value.as_f64().filter(|n| n.fract() == 0.0)?;
            format!("{number:.0}").parse().ok()
        });
        match number {
            Some(number) if (least..=most).contains(&number) => Some(number),
            _ => self.wrong(
                &part.path,
                &format!("a whole number from {least} to {most}"),
            ),
        }
    }

    pub(crate) fn one_of(
        &self,
        name: &'static str,
        words: &[&'static str],
    ) -> Option<&'static str> {
        let part = self.get(name)?;
        let said = part.value.as_str().unwrap_or_default();
        let found = words.iter().copied().find(|word| *word == said);
        if found.is_none() {
            let known: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            self.wrong::<()>(&part.path, &format!("one of {}", known.join(", ")));
        }
        found
    }

    /// A list of parts; a single one where it may stand alone.
    pub(crate) fn list(&self, name: &'static str) -> Option<Vec<Part<'a>>> {
        let part = self.get(name)?;
        let Some(values) = part.value.as_array() else {
            return self.wrong(&part.path, "a list");
        };
        Some(parts(values, &part.path))
    }

    pub(crate) fn templates(&self, name: &'static str) -> Vec<Template> {
        let parts = self.list(name).unwrap_or_default();
        let read = parts.into_iter();
        read.filter_map(|part| self.read_template(&part)).collect()
    }

    /// Texts in which nothing is filled in.
    pub(crate) fn fixed_texts(&self, name: &'static str) -> Vec<String> {
        let parts = self.list(name).unwrap_or_default();
        let read = parts
            .iter()
            .filter_map(|part| self.fixed(&part.path, self.as_text(part)?));
        read.collect()
    }

    /// Names and what they stand for.
    pub(crate) fn template_map(&self, name: &'static str) -> BTreeMap<String, Template> {
        let parts = self.map(name).into_iter();
        let read = parts.filter_map(|(key, part)| Some((key, self.read_template(&part)?)));
        read.collect()
    }

    /// The variables of a process.
    pub(crate) fn env(&self) -> BTreeMap<String, Template> {
        let mut env = BTreeMap::new();
        for (key, part) in self.map("env") {
            if !is_env_name(&key) {
                let message = format!(
                    "`{key}` cannot name a variable: letters, digits and `_`, and no digit at first"
                );
                self.problems.add_at_key(&part.path, message);
            }
            env.extend(self.read_template(&part).map(|value| (key, value)));
        }
        env
    }

    pub(crate) fn map(&self, name: &'static str) -> Vec<(String, Part<'a>)> {
        let Some(part) = self.get(name) else {
            return Vec::new();
        };
        let Some(values) = part.value.as_object() else {
            self.wrong::<()>(&part.path, "an object");
            return Vec::new();
        };
        let entries = values.iter().map(|(key, value)| {
            let path = join(&part.path, key);
            (key.clone(), Part { value, path })
        });
        entries.collect()
    }

    pub(crate) fn wrong<T>(&self, path: &str, wanted: &str) -> Option<T> {
        self.problems
            .add(path, format!("`{path}` is to be {wanted}"));
        None
    }

    /// Whatever is there and was not asked for is unknown.
    pub(crate) fn finish(self, what: &str) {
        let asked = self.asked.into_inner();
        for name in self.values.keys() {
            let is_known = |known: &&&str| **known == name || camel_case(known) == *name;
            if asked.iter().find(is_known).is_some() {
                continue;
            }
            let hint = nearest(name, &asked)
                .map_or_else(|| all_of(&asked), |near| format!("; is it `{near}`?"));
            let message = format!("{what} has no field `{name}`{hint}");
            self.problems.add_at_key(&join(&self.path, name), message);
        }
    }
}

fn all_of(asked: &[&'static str]) -> String {
    let mut known: Vec<String> = Vec::new();
    for name in asked.iter().map(|name| format!("`{name}`")) {
        if !known.contains(&name) {
            known.push(name);
        }
    }
    format!("; it has {}", known.join(", "))
}

pub(crate) fn parts<'a>(values: &'a [Value], path: &str) -> Vec<Part<'a>> {
    let numbered = values.iter().enumerate();
    let parts = numbered.map(|(i, value)| Part {
        value,
        path: format!("{path}[{i}]"),
    });
    parts.collect()
}

pub(crate) fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn place(path: &str) -> String {
    match path {
        "" => "a workflow".to_owned(),
        path => format!("`{path}`"),
    }
}

fn camel_case(name: &str) -> String {
    let mut camel = String::new();
    for (i, word) in name.split('_').enumerate() {
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if i > 0 => camel.extend(first.to_uppercase()),
            Some(first) => camel.push(first),
            None => {}
        }
        camel.push_str(letters.as_str());
    }
    camel
}

/// The word that was probably meant: the one with the fewest letters to change.
pub(crate) fn nearest<'w>(said: &str, words: &[&'w str]) -> Option<&'w str> {
    let near = words.iter().map(|word| (distance(said, word), *word));
    let (far, word) = near.min_by_key(|(far, _)| *far)?;
    (far <= 1 + said.len() / 4).then_some(word)
}

fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(40).collect(), b.chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = change.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
