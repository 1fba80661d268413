/// Makes a text safe as a part of a URL.
pub(crate) fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// A query, made of what is given.
#[derive(Debug, Default)]
pub(crate) struct Query(Vec<String>);

impl Query {
    /// Adds a parameter, where it has a value.
    pub(crate) fn add(&mut self, name: &str, value: Option<impl ToString>) {
        let value = value.map(|value| encode(&value.to_string()));
        self.0.extend(value.map(|value| format!("{name}={value}")));
    }

    /// The path with the query behind it.
    pub(crate) fn behind(&self, path: &str) -> String {
        if self.0.is_empty() {
            return path.to_owned();
        }
        format!("{path}?{}", self.0.join("&"))
    }
}
