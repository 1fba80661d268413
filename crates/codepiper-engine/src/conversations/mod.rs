//! What was said and done in sessions, to be read and searched.

mod markdown;
mod query;
mod show;

use codepiper_model::{ConversationEntry, ConversationKind, Found, SessionId, Timestamp};
use codepiper_model::{TranscriptProblem, UsageCost};
use codepiper_store::conversation::{self, Page, Place};
use codepiper_store::words::{self, Search};
use codepiper_store::{Store, sessions, transcripts};

use crate::EngineError;
use crate::transcripts::Revisions;

/// The service for conversations.
#[derive(Clone)]
pub struct Conversations {
    store: Store,
    revisions: Revisions,
}

/// Which entries of a conversation to read.
#[derive(Clone, Debug, Default)]
pub struct ConversationPage {
    /// Behind this place, the earliest first.
    pub after: Option<String>,
    /// In front of this place.
    pub before: Option<String>,
    /// Those that changed after this revision, the earliest change first.
    pub since: Option<i64>,
    /// At most so many; without `after` and `since` the last ones. With `since` whole changes: more
    /// only where one change made more.
    pub limit: usize,
}

/// Entries of a conversation in order.
#[derive(Clone, Debug)]
pub struct ConversationPart {
    /// The entries.
    pub entries: Vec<ConversationEntry>,
    /// Whether there are more, in the direction that was asked for.
    pub has_more: bool,
    /// Everything up to this revision is in it.
    pub revision: i64,
    /// The place of the first entry, for [`before`](ConversationPage::before).
    pub first: Option<String>,
    /// The place of the last entry, for [`after`](ConversationPage::after).
    pub last: Option<String>,
}

/// What to look for in all conversations.
#[derive(Clone, Debug, Default)]
pub struct SearchQuery {
    /// Words that all have to be there; `"…"` for words in a row, `…*` for a beginning.
    pub text: String,
    /// In this session only.
    pub session_id: Option<SessionId>,
    /// Of these kinds only.
    pub kinds: Vec<ConversationKind>,
    /// Said at that time or later.
    pub since: Option<Timestamp>,
    /// Older than the entry of this id.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: usize,
}

impl Conversations {
    pub(crate) const fn new(store: Store, revisions: Revisions) -> Self {
        Self { store, revisions }
    }

    /// Changes with every entry that was written down.
    pub fn revisions(&self) -> Revisions {
        self.revisions.clone()
    }

    /// Reads a part of a session's conversation.
    pub async fn page(
        &self,
        id: SessionId,
        page: ConversationPage,
    ) -> Result<ConversationPart, EngineError> {
        let wanted = Page {
            after: page
                .after
                .as_deref()
                .map(|it| place("after", it))
                .transpose()?,
            before: page
                .before
                .as_deref()
                .map(|it| place("before", it))
                .transpose()?,
            limit: page.limit,
        };
        let read = move |db: &codepiper_store::Connection| {
            if sessions::get(db, id)?.is_none() {
                return Ok(None);
            }
            let mut revision = conversation::revision(db)?;
            let (said, has_more) = match page.since {
                Some(since) => conversation::changes(db, id, since, page.limit)?,
                None => conversation::page(db, id, &wanted)?,
            };
            if let (Some(_), true, Some(last)) = (page.since, has_more, said.last()) {
                revision = last.revision;
            }
            let first = said.first().map(|it| place_text(it.place()));
            let last = said.last().map(|it| place_text(it.place()));
            Ok(Some(ConversationPart {
                entries: show::entries(db, said)?,
                has_more,
                revision,
                first,
                last,
            }))
        };
        let part = self.store.read(read).await?;
        part.ok_or_else(|| EngineError::no_session(id))
    }

    /// The newest change of a session's conversation after `revision`, if there is one.
    pub async fn changed(&self, id: SessionId, revision: i64) -> Result<Option<i64>, EngineError> {
        let read = move |db: &codepiper_store::Connection| {
            if sessions::get(db, id)?.is_none() {
                return Ok(None);
            }
            Ok(Some(conversation::changed(db, id, revision)?))
        };
        let changed = self.store.read(read).await?;
        changed.ok_or_else(|| EngineError::no_session(id))
    }

    /// The whole conversation as a document.
    pub async fn markdown(&self, id: SessionId) -> Result<String, EngineError> {
        const AT_ONCE: usize = 500;
        let mut document = markdown::Document::default();
        let mut after = Some(place_text((i64::MIN, 0)));
        loop {
            let page = ConversationPage {
                after,
                limit: AT_ONCE,
                ..ConversationPage::default()
            };
            let part = self.page(id, page).await?;
            for entry in &part.entries {
                document.add(entry);
            }
            if !part.has_more {
                return Ok(document.finish());
            }
            after = part.last;
        }
    }

    /// What was found, the newest first, and whether there is more.
    pub async fn search(&self, query: SearchQuery) -> Result<(Vec<Found>, bool), EngineError> {
        let expression = query::expression(&query.text)?;
        let search = Search {
            words: expression,
            session_id: query.session_id,
            kinds: query.kinds,
            since: query.since,
            before: query.before,
            limit: query.limit,
        };
        let read = move |db: &codepiper_store::Connection| {
            let (found, has_more) = words::search(db, &search)?;
            let (owners, said): (Vec<_>, Vec<_>) = found.into_iter().unzip();
            let shown = owners.into_iter().zip(show::entries(db, said)?);
            Ok((shown.collect::<Vec<_>>(), has_more))
        };
        let (found, has_more) = self.store.read(read).await?;
        let found = found.into_iter().map(|(session_id, entry)| Found {
            session_id,
            excerpt: query::excerpt(&entry, &query.text),
            entry,
        });
        Ok((found.collect(), has_more))
    }

    /// The newest lines that could not be read, and how many there are.
    pub async fn problems(
        &self,
        id: Option<SessionId>,
        limit: usize,
    ) -> Result<(Vec<TranscriptProblem>, u64), EngineError> {
        let read = move |db: &codepiper_store::Connection| transcripts::problems(db, id, limit);
        let (found, count) = self.store.read(read).await?;
        let shown = found.into_iter().map(|placed| TranscriptProblem {
            session_id: placed.session_id,
            path: placed.path,
            offset: placed.problem.offset,
            bytes: placed.problem.bytes,
            seen_at: placed.problem.seen_at,
            reason: placed.problem.reason,
            begins: String::from_utf8_lossy(&placed.problem.begins).into_owned(),
        });
        Ok((shown.collect(), count))
    }
}

/// Billionths of a dollar as dollars.
#[expect(
    clippy::cast_precision_loss,
    reason = "exact up to nine million dollars"
)]
pub fn dollars(billionths: i64) -> f64 {
    billionths as f64 / 1e9
}

fn place_text((at, id): Place) -> String {
    format!("{at}.{id}")
}

fn place(field: &'static str, text: &str) -> Result<Place, EngineError> {
    let parsed = text
        .split_once('.')
        .and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
    parsed.ok_or_else(|| {
        EngineError::invalid(
            field,
            format!("`{field}` is a place that a part of the conversation named, such as `first`"),
        )
    })
}
