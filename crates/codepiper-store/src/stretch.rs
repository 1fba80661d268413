//! Reading a chain of the audit by what is asked for, a stretch at a time.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use crate::StoreError;

/// The most rows that are looked at in one stretch, and about the most bytes that one holds, so that
/// neither a reader nor much memory is taken for long.
const LOOKED_AT: usize = 20_000;
const BYTES: usize = 1024 * 1024;

/// Rows that are read one after the other.
const AT_ONCE: usize = 100;

/// Where to read, and in which direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Newest first, from before this place on.
    Before(i64),
    /// Oldest first, from behind this place on.
    After(i64),
}

impl Reach {
    /// From the newest row on.
    pub const NEWEST: Self = Self::Before(i64::MAX);

    /// The same direction, from another place on.
    #[must_use]
    pub fn from(self, seq: i64) -> Self {
        match self {
            Self::Before(_) => Self::Before(seq),
            Self::After(_) => Self::After(seq),
        }
    }
}

/// What was found in one stretch.
#[derive(Clone, Debug)]
pub struct Stretch<T> {
    /// The rows, in order.
    pub rows: Vec<T>,
    /// The place to go on from; none where there are no more rows.
    pub next: Option<i64>,
}

/// Where the rows may be that are asked for: a query of a narrow index, which knows most that can be
/// asked for.
pub(crate) struct Places {
    sql: String,
    values: Vec<Value>,
}

impl Places {
    pub(crate) fn of(table: &str, index: &str) -> Self {
        Self {
            sql: format!("SELECT seq FROM {table} INDEXED BY {index} WHERE TRUE"),
            values: Vec::new(),
        }
    }

    /// Asks for more, where a value is given.
    pub(crate) fn and<V: Into<Value>>(&mut self, condition: &str, value: Option<V>) {
        if let Some(value) = value {
            self.sql.push_str(" AND ");
            self.sql.push_str(condition);
            self.values.push(value.into());
        }
    }

    fn limit(&mut self, reach: Reach) {
        match reach {
            Reach::Before(seq) => self.and("seq < ?", Some(seq)),
            Reach::After(seq) => self.and("seq > ?", Some(seq)),
        }
        self.sql.push_str(match reach {
            Reach::Before(_) => " ORDER BY seq DESC",
            Reach::After(_) => " ORDER BY seq",
        });
    }

    /// Takes the rows at these places with `row`, a query by place. `take` gives a row with about
    /// its size, and none for one that is not asked for.
    pub(crate) fn read<T>(
        mut self,
        db: &Connection,
        row: &str,
        (reach, limit): (Reach, usize),
        mut take: impl FnMut(&Row<'_>) -> Result<Option<(T, usize)>, StoreError>,
    ) -> Result<Stretch<T>, StoreError> {
        self.limit(reach);
        let mut places = db.prepare_cached(&self.sql)?;
        let mut statement = db.prepare_cached(row)?;
        let mut places = places
            .query_map(params_from_iter(self.values), |row| row.get(0))?
            .peekable();
        let mut stretch = Stretch {
            rows: Vec::new(),
            next: None,
        };
        let (mut looked_at, mut bytes) = (0, 0);
        while places.peek().is_some() {
            let left = limit - stretch.rows.len();
            let mut some: Vec<i64> = places.by_ref().take(AT_ONCE).collect::<Result<_, _>>()?;
            // Forwards: a disk that is read backwards is many times slower.
            some.sort_unstable();
            let mut found = Vec::new();
            for seq in &some {
                let row = statement.query_row([seq], |row| Ok(take(row)))??;
                found.extend(row.map(|(row, size)| (*seq, row, size)));
            }
            if matches!(reach, Reach::Before(_)) {
                some.reverse();
                found.reverse();
            }
            looked_at += some.len();
            stretch.next = some.last().copied();
            if found.len() >= left {
                found.truncate(left);
                stretch.next = found.last().map(|(seq, ..)| *seq);
            }
            for (_, row, size) in found {
                stretch.rows.push(row);
                bytes += size;
            }
            if stretch.rows.len() >= limit || looked_at >= LOOKED_AT || bytes >= BYTES {
                return Ok(stretch);
            }
        }
        stretch.next = None;
        Ok(stretch)
    }
}

#[cfg(test)]
impl Places {
    /// How SQLite goes about it.
    pub(crate) fn plan(mut self, db: &Connection, reach: Reach) -> String {
        self.limit(reach);
        let sql = format!("EXPLAIN QUERY PLAN {}", self.sql);
        let mut plan = db.prepare(&sql).unwrap();
        let rows = plan.query_map(params_from_iter(self.values), |row| row.get(3));
        rows.unwrap()
            .collect::<Result<Vec<String>, _>>()
            .unwrap()
            .join("\n")
    }
}

/// A pattern of SQLite in which `*` stands for any text and everything else for itself.
pub(crate) fn with_stars(text: &str) -> String {
    text.replace('[', "[[]").replace('?', "[?]")
}
