//! A piece of a transcript, written down whole: what its lines say, and that they were read.

use std::collections::BTreeSet;

use codepiper_model::{Note, Zone};
use rusqlite::Transaction;

use crate::entries::Entries;
use crate::transcripts::{self, Problem, Transcript};
use crate::{StoreError, conversation, days, usage};

/// What a piece of a transcript says.
#[derive(Debug, Default)]
pub struct Piece {
    /// What its lines say, each with the first byte of its line.
    pub notes: Vec<(u64, Noted)>,
    /// The lines that cannot be read.
    pub problems: Vec<Problem>,
}

/// What a line says, with what has to be worked out beforehand.
#[derive(Debug)]
pub struct Noted {
    /// What it says.
    pub note: Note,
    /// The price of an answer in billionths of a dollar; none where there is no price.
    pub cost: Option<i64>,
}

/// What became of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was written down; the number is the change that entries made.
    Revision(i64),
    /// Nothing was: the file was read on by somebody else meanwhile.
    Outdated,
}

/// Writes down what stands between `from` and the `offset` of `now`, and that it was read.
pub fn take(
    tx: &Transaction<'_>,
    from: u64,
    now: &Transcript,
    piece: &Piece,
    project: &str,
    zone: &Zone,
) -> Result<Taken, StoreError> {
    if !transcripts::advance(tx, from, now)? {
        return Ok(Taken::Outdated);
    }
    let revision = conversation::next_revision(tx)?;
    let zone = days::zone(tx, zone)?;
    let mut book = usage::Book::open(tx, now.session_id, now.provider, project, &zone)?;
    let mut entries = Entries::new(tx, now.id, revision);
    let mut answers = BTreeSet::new();
    for (offset, noted) in &piece.notes {
        match &noted.note {
            Note::Said(said) => entries.add(*offset, said),
            Note::Result(result) => entries.finish(*offset, result),
            Note::Usage(usage) => {
                book.add(usage, noted.cost)?;
                answers.insert(&usage.message_id);
            }
            Note::TurnEnded(turn) => book.add_turn(turn)?,
            Note::SubAgent { agent_id, call_id } => {
                if let Some(call_id) = call_id {
                    entries.give_away(call_id, agent_id)?;
                }
            }
            Note::Continues {
                conversation,
                until,
            } => transcripts::link_base(tx, now.session_id, conversation, *until)?,
        }
    }
    entries.close()?;
    for message_id in answers {
        conversation::touch(tx, now.id, revision, message_id)?;
    }
    book.close()?;
    let breaks_off = |problem: &&Problem| problem.reason == transcripts::BREAKS_OFF;
    let broken = piece.problems.iter().find(breaks_off);
    transcripts::forget_break(tx, now.id, from, broken.map(|problem| problem.bytes))?;
    for problem in &piece.problems {
        transcripts::set_aside(tx, now.id, problem)?;
    }
    Ok(Taken::Revision(revision))
}
