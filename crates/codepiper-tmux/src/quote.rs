use std::fmt::Write as _;

/// Quotes `bytes` as one argument of a control-mode command line.
///
/// Everything that could mean something to tmux's parser (quotes, `$`, `~`, `;`, braces, control
/// characters …) becomes an octal escape. UTF-8 passes as it is; other high bytes do not, since
/// tmux takes 0xff for the end of its input. NUL has no form.
pub(crate) fn quote(bytes: &[u8]) -> Vec<u8> {
    let is_text = std::str::from_utf8(bytes).is_ok();
    let mut quoted = Vec::with_capacity(bytes.len() + bytes.len() / 8 + 2);
    quoted.push(b'"');
    let mut escape = String::with_capacity(4);
    for &byte in bytes {
        if byte.is_ascii_alphanumeric()
            || is_text && byte >= 0x80
            || b" .,:/_-+=@()[]<>*!?'|&^".contains(&byte)
        {
            quoted.push(byte);
        } else {
            escape.clear();
            let _ = write!(escape, "\\{byte:03o}");
            quoted.extend_from_slice(escape.as_bytes());
        }
    }
    quoted.push(b'"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tmux_would_read_is_escaped() {
        assert_eq!(quote(b"-a b;"), br#""-a b\073""#);
        assert_eq!(
            quote(b"$HOME ~ \"x\"\n"),
            br#""\044HOME \176 \042x\042\012""#
        );
        assert_eq!(quote("é".as_bytes()), "\"é\"".as_bytes());
    }
}
