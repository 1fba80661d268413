use serde::{Deserialize, Deserializer};

/// Tells null from what is absent: it is no value, unless the field takes it as one.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    value: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}
