//! Options, as `getopt_long` reads them.

/// What one word of options says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read<'a> {
    /// Options that take no value.
    Flags,
    /// The last of them takes a value: attached, or the next word.
    Value(&'a str, Option<&'a str>),
    /// One that is not known, and that may take a value.
    Unknown,
}

/// Reads `word`, which begins with `-`. `short` is a list as of `getopt`: `i` takes no value, `u:`
/// takes one, `e::` takes one that is attached. In `long`, `unset=` takes one and `null` none, or
/// one that is attached; the beginning of a name will do, as long as no other name begins so.
pub(super) fn read<'a>(word: &'a str, short: &'a str, long: &'a str) -> Read<'a> {
    if let Some(written) = word.strip_prefix("--") {
        let (name, value) = match written.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (written, None),
        };
        return match full_name(name, long).map(|name| (name.strip_suffix('='), value)) {
            Some((Some(name), value)) => Read::Value(name, value),
            Some((None, _)) => Read::Flags,
            None => Read::Unknown,
        };
    }
    let letters = word.strip_prefix('-').unwrap_or(word);
    for (at, letter) in letters.char_indices() {
        let Some(known) = short.find(letter).filter(|_| letter != ':') else {
            return Read::Unknown;
        };
        let after = &short[known + letter.len_utf8()..];
        let rest = &letters[at + letter.len_utf8()..];
        if after.starts_with("::") {
            return Read::Flags;
        } else if after.starts_with(':') {
            let name = &short[known..known + letter.len_utf8()];
            return Read::Value(name, Some(rest).filter(|rest| !rest.is_empty()));
        }
    }
    Read::Flags
}

/// The one name in the list that `name` is or begins.
fn full_name<'a>(name: &str, long: &'a str) -> Option<&'a str> {
    let is_exact = |known: &&str| known.trim_end_matches('=') == name;
    let mut begun = long
        .split(' ')
        .filter(|known| !name.is_empty() && known.starts_with(name));
    let first = begun.next();
    let is_only = begun.next().is_none();
    long.split(' ')
        .find(is_exact)
        .or_else(|| first.filter(|_| is_only))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_as_programs_read_them() {
        let long = "unset= split-string= ignore-environment null ignore-signal";
        for (word, expected) in [
            ("-i", Read::Flags),
            ("-iS", Read::Value("S", None)),
            ("-iSrm x", Read::Value("S", Some("rm x"))),
            ("-e5u", Read::Flags),
            ("-ix", Read::Unknown),
            ("-:", Read::Unknown),
            ("--null", Read::Flags),
            ("--sp", Read::Value("split-string", None)),
            ("--s=rm", Read::Value("split-string", Some("rm"))),
            ("--ignore", Read::Unknown),
            ("--else", Read::Unknown),
        ] {
            assert_eq!(read(word, "iS:e::u:", long), expected, "{word}");
        }
    }
}
