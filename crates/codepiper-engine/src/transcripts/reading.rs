//! Reading on in a file: a piece is understood while the one before it is written down.

use std::path::PathBuf;
use std::sync::Arc;

use codepiper_model::{Note, SessionId, Timestamp};
use codepiper_providers::provider;
use codepiper_store::ingest::{self, Taken};
use codepiper_store::sessions;
use codepiper_store::transcripts::{self as rows, Problem, Transcript};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::file::{Followed, Found};
use super::piece::{self, Piece};
use super::{PATIENCE, TranscriptTailer, Unfound, digest, find};
use crate::analytics::Prices;

/// How many pieces of a file are read in a row while others wait.
const IN_A_ROW: usize = 32;

/// A piece that was understood.
struct Understood {
    piece: ingest::Piece,
    /// What the database says of the file before it is written down.
    before: Transcript,
    /// And with it.
    now: Transcript,
}

/// A file, and its next piece where there is one.
type Reading = JoinHandle<(Followed, std::io::Result<Option<Understood>>)>;

/// What became of a piece.
enum Written {
    /// It was written down.
    Down,
    /// Somebody else has read on meanwhile, or the file is no part of any conversation any more.
    Outdated,
    /// It could not be written. The database says of the file what it said before.
    Failed(Transcript),
}

impl TranscriptTailer {
    /// Reads on in the file that waits longest.
    pub(super) async fn read_on(&mut self) {
        let Some(path) = self.due.pop_front() else {
            return;
        };
        let Some(file) = self.files.remove(&path) else {
            return;
        };
        let mut reading = self.begin_reading(file);
        for nth in 1..=IN_A_ROW {
            let Ok((mut file, read)) = reading.await else {
                return;
            };
            let understood = match read {
                Ok(Some(understood)) => understood,
                Ok(None) if file.is_last_look() => return self.leave(&file),
                Ok(None) => {
                    file.works();
                    // Whoever has ended replaces no file any more.
                    if file.has_ended() {
                        file.close();
                    }
                    self.files.insert(path, file);
                    return;
                }
                Err(error) => {
                    if file.is_last_look() {
                        return self.leave(&file);
                    }
                    if !file.has_failed() {
                        tracing::warn!(%error, path = %path.display(), "cannot read a transcript");
                    }
                    let before = file.kept();
                    return self.go_on(file, Written::Failed(before)).await;
                }
            };
            file.stays();
            let is_live = !file.has_ended();
            if nth == IN_A_ROW {
                let written = self.write_down(understood, is_live).await;
                return self.go_on(file, written).await;
            }
            reading = self.begin_reading(file);
            let written = self.write_down(understood, is_live).await;
            if !matches!(written, Written::Down) {
                // What was read meanwhile goes on from what was not written.
                if let Ok((file, _)) = reading.await {
                    self.go_on(file, written).await;
                }
                return;
            }
        }
    }

    /// Reads the next piece of a file on a thread of its own.
    fn begin_reading(&self, mut file: Followed) -> Reading {
        let (prices, now) = (Arc::clone(&self.prices), self.clock.now());
        tokio::task::spawn_blocking(move || {
            let found = file.next();
            let understood = found.and_then(|found| {
                let understood = found.map(|found| understand(&mut file, found, &prices, now));
                understood.transpose()
            });
            (file, understood)
        })
    }

    /// Puts a file back after its last piece in a row. One that could not be read or written is read
    /// again later, or when it changes.
    async fn go_on(&mut self, mut file: Followed, written: Written) {
        let path = PathBuf::from(&file.row.path);
        match written {
            Written::Down => file.works(),
            Written::Outdated => {
                let text = file.row.path.clone();
                let read = move |db: &codepiper_store::Connection| rows::of_path(db, &text);
                match self.store.read(read).await {
                    Ok(Some(row)) => file.restart(row),
                    // Its session was deleted.
                    Ok(None) => return self.leave(&file),
                    Err(_) => {}
                }
            }
            Written::Failed(before) => {
                file.restart(before);
                file.fails();
                self.files.insert(path, file);
                return;
            }
        }
        self.files.insert(path.clone(), file);
        self.is_due(path);
    }

    /// Writes a piece down.
    async fn write_down(&mut self, understood: Understood, is_live: bool) -> Written {
        let Understood { piece, before, now } = understood;
        let project = self.project(now.session_id).await;
        let (from, row, zone) = (before.offset, now.clone(), Arc::clone(&self.zone));
        let sub_agents = sub_agents(&piece);
        let take = move |tx: &codepiper_store::Transaction<'_>| {
            ingest::take(tx, from, &row, &piece, &project, &zone)
        };
        match self.store.write(take).await {
            Ok(Taken::Revision(revision)) => {
                self.revision.send_replace(revision);
                for name in sub_agents {
                    let until = Instant::now() + PATIENCE;
                    let by = now.clone();
                    self.claim_sub_agent(Unfound { by, name, until }, is_live)
                        .await;
                }
                Written::Down
            }
            Ok(Taken::Outdated) => {
                tracing::warn!(path = now.path, "was read by somebody else, or forgotten");
                Written::Outdated
            }
            Err(error) => {
                tracing::error!(%error, path = now.path, "cannot write a transcript down");
                Written::Failed(before)
            }
        }
    }

    /// What the work of a session is counted for.
    async fn project(&mut self, id: SessionId) -> String {
        if let Some(project) = self.projects.get(&id) {
            return project.clone();
        }
        let read = move |db: &codepiper_store::Connection| sessions::get(db, id);
        let Ok(Some(stored)) = self.store.read(read).await else {
            return String::new();
        };
        let find = move || find::project(&stored.session.cwd);
        let project = tokio::task::spawn_blocking(find).await.unwrap_or_default();
        self.projects.insert(id, project.clone());
        project
    }

    /// Follows a sub-agent that a transcript named, where those are found by their names.
    pub(super) async fn claim_sub_agent(&mut self, named: Unfound, is_live: bool) {
        let (agent, session) = (named.by.provider, named.by.session_id);
        let path = PathBuf::from(&named.by.path);
        if provider(agent).sub_agents_folder(&path).is_some() {
            return;
        }
        match find::beside(&path, &named.name).await {
            Some(found) => {
                self.claim(&found, agent, session, Some(named.name), is_live)
                    .await;
            }
            None if Instant::now() < named.until => self.unfound.push(named),
            None => tracing::warn!(name = named.name, "a sub-agent has no transcript"),
        }
    }
}

/// What a piece says, and that it was read.
fn understand(
    file: &mut Followed,
    found: Found,
    prices: &Prices,
    now: Timestamp,
) -> std::io::Result<Understood> {
    let agent = file.row.provider;
    let (piece, bytes) = match found.piece {
        Piece::Lines(lines) => {
            let bytes = lines.len() as u64;
            let state = &mut file.state;
            let piece = digest::digest(agent, &lines, found.from, state, prices, now);
            (piece, bytes)
        }
        Piece::TooLong(bytes, begins) => {
            let problem = Problem {
                offset: found.from,
                bytes,
                seen_at: now,
                reason: format!("longer than {} MiB", piece::LINE_MAX / 1024 / 1024),
                begins,
            };
            (aside(problem), bytes)
        }
        Piece::Broken(bytes, begins) => {
            let problem = Problem {
                offset: found.from,
                bytes,
                seen_at: now,
                reason: rows::BREAKS_OFF.to_owned(),
                begins,
            };
            (aside(problem), 0)
        }
        Piece::Nothing => (ingest::Piece::default(), 0),
    };
    let before = file.advance(found.from + bytes)?;
    Ok(Understood {
        piece,
        before,
        now: file.row.clone(),
    })
}

/// A piece of which nothing can be read.
fn aside(problem: Problem) -> ingest::Piece {
    ingest::Piece {
        problems: vec![problem],
        ..ingest::Piece::default()
    }
}

fn sub_agents(piece: &ingest::Piece) -> Vec<String> {
    let notes = piece.notes.iter().map(|(_, noted)| &noted.note);
    let named = notes.filter_map(|note| match note {
        Note::SubAgent { agent_id, .. } => Some(agent_id.clone()),
        _ => None,
    });
    named.collect()
}
