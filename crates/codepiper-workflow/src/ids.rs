use codepiper_model::SessionId;
use sha2::{Digest, Sha256};

/// A name that the same thing of the same execution always gets, and nothing else: whoever starts
/// it again after a fall can tell that it has been started before.
pub(crate) fn derived(execution: &str, what: &str) -> SessionId {
    let digest = Sha256::digest(format!("{execution}/{what}"));
    let mut hex: Vec<char> = digest[..16]
        .iter()
        .flat_map(|byte| format!("{byte:02x}").chars().collect::<Vec<_>>())
        .collect();
    // Agents take only what looks like a version 4 UUID.
    hex[12] = '4';
    hex[16] = match hex[16] {
        '0'..='3' => '8',
        '4'..='7' => '9',
        '8'..='b' => 'a',
        _ => 'b',
    };
    let text: String = hex
        .iter()
        .enumerate()
        .flat_map(|(i, digit)| {
            let hyphen = matches!(i, 8 | 12 | 16 | 20).then_some('-');
            hyphen.into_iter().chain([*digit])
        })
        .collect();
    text.parse().unwrap_or_else(|_| SessionId::random())
}
