//! What kind of picture some bytes are, whatever their name says.

/// A kind of picture that agents can look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) mime: &'static str,
    pub(crate) extension: &'static str,
}

/// Reads the first bytes (PNG: RFC 2083 3.1, JPEG: ITU T.81 B.1, GIF: its specification of 1989, `WebP`: RFC 9649).
pub(crate) fn kind(bytes: &[u8]) -> Option<Kind> {
    let (mime, extension) = match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => ("image/png", "png"),
        [0xff, 0xd8, 0xff, ..] => ("image/jpeg", "jpg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => ("image/gif", "gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => ("image/webp", "webp"),
        _ => return None,
    };
    Some(Kind { mime, extension })
}
