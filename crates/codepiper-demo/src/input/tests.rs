use proptest::prelude::*;

use super::*;

fn decode(chunks: &[&[u8]]) -> Vec<Input> {
    let mut decoder = Decoder::default();
    let mut inputs = VecDeque::new();
    for chunk in chunks {
        decoder.feed(chunk, &mut inputs);
    }
    decoder.settle(&mut inputs);
    inputs.into()
}

fn typed(text: &str) -> Vec<Input> {
    text.chars().map(Input::Char).collect()
}

/// Every row is fed whole and byte by byte.
#[test]
fn bytes_become_keys_and_pastes() {
    let paste = |text: &str| vec![Input::Paste(text.into())];
    let table: Vec<(&[u8], Vec<Input>)> = vec![
        (b"ab", typed("ab")),
        ("é€😀".as_bytes(), typed("é€😀")),
        (b"\r", vec![Input::Enter]),
        (b"\n", vec![Input::NewLine]),
        (b"\x1b\r", vec![Input::NewLine]),
        (b"\x7f\x08", vec![Input::Backspace, Input::Backspace]),
        (
            b"\x03\x04\x15",
            vec![Input::Ctrl('c'), Input::Ctrl('d'), Input::Ctrl('u')],
        ),
        (b"\x1b", vec![Input::Escape]),
        (b"\x1b\x1b", vec![Input::Escape, Input::Escape]),
        (
            b"\x1b[A\x1bOB\x1b[1;5A",
            vec![Input::Up, Input::Down, Input::Up],
        ),
        (b"\x1b[3~\x1b[H\x1b[200;1~x", typed("x")),
        (b"\x1b[\x1b[A", vec![Input::Up]),
        (b"\x1b[200~a\r\nb\rc\nd\x1b[201~", paste("a\nb\nc\nd")),
        (b"\x1b[200~\x1b[201~", paste("")),
        (
            b"\x1b[200~\x1b[200~\x03~\x1b[201\x1b[201~",
            paste("\x1b[200~\x03~\x1b[201"),
        ),
        (b"\x1b[200~\xff\x1b[201~", paste("\u{fffd}")),
        (
            b"\xff\xc3a\xed\xa0\x80",
            typed("\u{fffd}\u{fffd}a\u{fffd}\u{fffd}\u{fffd}"),
        ),
        (b"\x00\x1c\x1bx", vec![]),
    ];
    for (bytes, expected) in table {
        assert_eq!(decode(&[bytes]), expected, "{}", bytes.escape_ascii());
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(
            decode(&single),
            expected,
            "byte by byte: {}",
            bytes.escape_ascii()
        );
    }
}

#[test]
fn a_sequence_without_end_is_given_up() {
    let mut bytes = b"\x1b[".to_vec();
    bytes.extend(std::iter::repeat_n(b'1', LONGEST_SEQUENCE + 1));
    bytes.push(b'x');
    assert_eq!(decode(&[&bytes]), typed("x"));
}

proptest! {
    #[test]
    fn where_the_bytes_are_split_does_not_matter(
        bytes in proptest::collection::vec(
            prop_oneof![any::<u8>(), Just(0x1B), Just(b'['), Just(b'~'), Just(b'2'), Just(b'0')],
            0..200,
        ),
        chunk in 1_usize..7,
    ) {
        let chunks: Vec<&[u8]> = bytes.chunks(chunk).collect();
        prop_assert_eq!(decode(&chunks), decode(&[&bytes]));
    }

    #[test]
    fn a_paste_arrives_as_it_was(text in "[^\u{1b}\r]{0,300}") {
        let bytes = format!("\x1b[200~{text}\x1b[201~");
        prop_assert_eq!(decode(&[bytes.as_bytes()]), vec![Input::Paste(text)]);
    }
}
