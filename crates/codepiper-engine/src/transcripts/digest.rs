//! What the lines of a piece say, ready to be written down.

use codepiper_model::{Note, ProviderId, Timestamp};
use codepiper_providers::{ReaderState, provider};
use codepiper_store::ingest::{Noted, Piece};
use codepiper_store::transcripts::Problem;

use super::piece::KEPT;
use crate::analytics::Prices;

/// Reads whole lines, the first of which begins at `offset`.
pub(super) fn digest(
    agent: ProviderId,
    lines: &[u8],
    mut offset: u64,
    state: &mut ReaderState,
    prices: &Prices,
    now: Timestamp,
) -> Piece {
    let mut piece = Piece::default();
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let place = offset;
        offset += line.len() as u64;
        let trimmed = line.trim_ascii();
        if trimmed.is_empty() {
            continue;
        }
        // What is no UTF-8 costs the characters it stands in, not the line.
        let text = String::from_utf8_lossy(trimmed);
        let notes = provider(agent)
            .read_line(&text, state)
            .unwrap_or_else(|why| {
                piece.problems.push(Problem {
                    offset: place,
                    bytes: line.len() as u64,
                    seen_at: now,
                    reason: why.to_string(),
                    begins: trimmed[..trimmed.len().min(KEPT)].to_vec(),
                });
                why.notes
            });
        let priced = notes.into_iter().map(|note| {
            let cost = match &note {
                Note::Usage(usage) => prices.cost(&usage.model, usage.at, &usage.tokens),
                _ => None,
            };
            (place, Noted { note, cost })
        });
        piece.notes.extend(priced);
    }
    piece
}
