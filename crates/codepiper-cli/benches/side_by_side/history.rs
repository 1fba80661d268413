//! What is asked of a long history: sums of a year, and words in all that was ever said.

use std::time::{Duration, Instant};

use codepiper_model::Zone;
use codepiper_store::{Connection, Store, days};

use crate::home::Home;
use crate::table::{Table, Times};
use crate::transcripts::words as text;
use crate::{Result, pause};

const ASKED: usize = 200;

/// Bytes of one entry that is searched, about.
const ENTRY: usize = 2000;

/// How long the daemon may take to index them.
const PATIENCE: Duration = Duration::from_mins(10);

/// Entries that share a transaction while the database is made.
const BATCH: usize = 5000;

/// Calls of tools over the year.
const CALLS: usize = 1_000_000;

pub(crate) fn measure(answers: usize, megabytes: usize, table: &mut Table) -> Result<()> {
    let mut home = Home::new()?;
    home.start()?;
    let session = home.demo_sessions(1)?.concat();
    home.stop()?;
    let path = home.state().join("codepiper.db");
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let (store, _) = Store::open(&path)?;
    runtime.block_on(store_usage(&store, answers))?;
    runtime.block_on(store_words(&store, &session, megabytes << 20))?;
    runtime.block_on(store_calls(&store))?;
    drop(store);
    home.start()?;
    until_indexed(&home)?;

    let overview = ask(&home, &["/analytics/overview?range=365d"])?;
    table.judge(
        format!("a year's overview, of {answers} answers"),
        overview.both(),
        "p95 under 20 ms",
        overview.percentile(95) < 20.0,
    );
    let usage =
        ["day", "session", "model"].map(|by| format!("/analytics/usage?range=365d&by={by}"));
    let usage = ask(&home, &usage.each_ref().map(String::as_str))?;
    table.note("a year's usage by day, session, model", usage.both());
    let tools = ask(&home, &["/analytics/tool-usage?range=365d"])?;
    table.judge(
        format!("a year's tools, of {CALLS} calls"),
        tools.both(),
        "p95 under 50 ms",
        tools.percentile(95) < 50.0,
    );
    for (what, asked) in [
        ("a rare word", "name_4242"),
        ("two words that are often", "result option"),
        ("the beginning of a word", "name_42*"),
        ("words in a row", "%22return%20value%22"),
        ("a rare word and one that is often", "name_4242 result"),
    ] {
        let asked = asked.replace(' ', "%20");
        let found = ask(&home, &[&format!("/search?text={asked}&limit=50")])?;
        table.judge(
            format!("search over {megabytes} MiB: {what}"),
            found.both(),
            "p95 under 200 ms",
            found.percentile(95) < 200.0,
        );
    }
    Ok(())
}

/// Waits until the words of all that is kept can be found.
fn until_indexed(home: &Home) -> Result<()> {
    let database = Connection::open(home.state().join("codepiper.db"))?;
    let behind = "SELECT (SELECT max(id) FROM conversation)
         - (SELECT value FROM conversation_marks WHERE name = 'indexed_id')";
    let begin = Instant::now();
    while database.query_row(behind, [], |row| row.get::<_, i64>(0))? > 0 {
        if begin.elapsed() > PATIENCE {
            return Err("the words were not indexed in time".into());
        }
        pause(Duration::from_millis(50));
    }
    Ok(())
}

fn ask(home: &Home, paths: &[&str]) -> Result<Times> {
    let mut daemon = home.connect()?;
    let mut times = Times::default();
    for n in 0..ASKED {
        let begin = Instant::now();
        daemon.get(paths[n % paths.len()])?;
        times.push(begin.elapsed());
    }
    Ok(times)
}

/// Answers over the last year, of 5000 sessions in 40 projects with 6 models.
async fn store_usage(store: &Store, answers: usize) -> Result<()> {
    let answers = i64::try_from(answers)?;
    let fill = move |tx: &codepiper_store::Transaction<'_>| {
        tx.execute_batch(
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 5000)
             INSERT INTO usage_sessions (id, session_id, provider, project, began_at)
             SELECT n + 100000, printf('00000000-0000-4000-8000-%012d', n),
                 CASE n % 2 WHEN 0 THEN 'codex' ELSE 'claude-code' END,
                 '/home/user/project-' || (n % 40),
                 (unixepoch() - 365 * 86400 + n * 6307) * 1000 FROM n;
             WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 6)
             INSERT INTO usage_models (id, name) SELECT n + 100, 'model-' || n FROM n;",
        )?;
        // A session lasts a day or so, in which it uses two models.
        tx.execute(
            "WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < ?1 - 1)
             INSERT INTO usage (key, session, model, at, message_id, input, output, cache_write_5m,
                 cache_write_1h, cache_read, reasoning, cost)
             SELECT 'k' || n, 100001 + (n * 5000 / ?1 + n % 4 * 7) % 5000, 101 + (n / 7 + n % 2) % 6,
                 (unixepoch() - 365 * 86400) * 1000 + n * (365 * 86400000 / ?1), 'm' || n,
                 n % 900, n % 700, n % 300, 0, n % 90000, 0, n % 100000 FROM n",
            [answers],
        )?;
        tx.execute_batch("DELETE FROM usage_quarters")?;
        tx.execute_batch(
            "INSERT INTO usage_quarters
             SELECT at / 900000, session, model, count(*), 0, 0, 0, sum(input), sum(output),
                 sum(cache_write_5m), sum(cache_write_1h), sum(cache_read), sum(reasoning), sum(cost)
             FROM usage GROUP BY 1, 2, 3",
        )?;
        let zone = days::kept(tx)?.and_then(|kept| Zone::named(&kept.zone));
        days::begin(tx, &zone.unwrap_or_else(Zone::utc))?;
        while days::go_on(tx, 1000)? {}
        Ok(())
    };
    Ok(store.write(fill).await?)
}

/// Calls of some tools over the last year, in 500 transcripts.
async fn store_calls(store: &Store) -> Result<()> {
    let calls = i64::try_from(CALLS)?;
    let fill = move |tx: &codepiper_store::Transaction<'_>| {
        tx.execute_batch(
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 500)
             INSERT INTO transcripts (id, path, provider, session_id)
             SELECT n + 1000, '/calls/' || n, 'claude-code',
                 printf('00000000-0000-4000-8000-%012d', n) FROM n",
        )?;
        tx.execute(
            "WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < ?1 - 1)
             INSERT INTO conversation (transcript_id, offset, revision, key, at, kind, text, model,
                 message_id, call_id, tool, input, result, is_error, ended_at, duration_ms)
             SELECT 1001 + n * 500 / ?1, n, (SELECT max(revision) FROM conversation) + 1,
                 'call:c' || n, (unixepoch() - 365 * 86400) * 1000 + n * (365 * 86400000 / ?1),
                 'tool_call', 'cat part_' || n, 'model-1', 'm' || n, 'c' || n,
                 CASE n % 10 WHEN 0 THEN 'mcp__tool_' || n / 10 % 20 WHEN 1 THEN 'Edit'
                     WHEN 2 THEN 'Read' ELSE 'Bash' END,
                 '{}', 'done', n % 13 = 0, 0, n % 5000 FROM n",
            [calls],
        )?;
        Ok(())
    };
    Ok(store.write(fill).await?)
}

/// So many bytes of words, said one after the other.
async fn store_words(store: &Store, session: &str, bytes: usize) -> Result<()> {
    let session = session.to_owned();
    let claim = move |tx: &codepiper_store::Transaction<'_>| {
        tx.execute(
            "INSERT INTO transcripts (path, provider, session_id) VALUES ('/bench', 'demo', ?1)",
            [&session],
        )?;
        Ok(tx.last_insert_rowid())
    };
    let transcript = store.write(claim).await?;
    for batch in 0..bytes / ENTRY / BATCH {
        let fill = move |tx: &codepiper_store::Transaction<'_>| {
            let mut add = tx.prepare_cached(
                "INSERT INTO conversation (transcript_id, offset, revision, key, at, kind, text)
                 VALUES (?1, ?2, 1 + ?2 / 100, ?3, ?2, 'reply', ?4)",
            )?;
            for n in batch * BATCH..(batch + 1) * BATCH {
                let place = i64::try_from(n).unwrap_or(i64::MAX);
                add.execute((transcript, place, format!("k{n}"), text(n, ENTRY / 7)))?;
            }
            Ok(())
        };
        store.write(fill).await?;
    }
    Ok(())
}
