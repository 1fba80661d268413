use serde_json::Value;

/// Cuts long texts: an event is read by people and pages. What an agent may do is decided on the
/// whole text.
pub(crate) fn shorten(value: &mut Value, max: usize) {
    match value {
        Value::String(text) if text.len() > max => {
            let end = text.floor_char_boundary(max);
            let left = text.len() - end;
            text.truncate(end);
            let rest = format!("… [{left} more bytes]");
            text.push_str(&rest);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| shorten(item, max)),
        Value::Object(object) => object.values_mut().for_each(|value| shorten(value, max)),
        _ => {}
    }
}
