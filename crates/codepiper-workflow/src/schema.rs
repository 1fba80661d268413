/// The JSON Schema of a definition, for editors. What it refuses is refused by the reader too; the
/// reader also looks at what the parts say of each other.
pub const SCHEMA: &str = include_str!("../schema.json");
