//! Sums of usage that are kept as it arrives are what a recount of all of it gives.

use std::collections::{BTreeMap, HashMap};

use codepiper_model::zone::{day_of_text, quarter};
use codepiper_model::{Day, Note, ProviderId, Timestamp, Tokens, TurnEnded, Usage, Zone};
use codepiper_store::ingest::{self, Noted, Piece};
use codepiper_store::{Connection, Store, StoreError, analytics, days, sessions, transcripts};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use crate::{a_session, open};

const ZONES: [&str; 6] = [
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/New_York",
    "Europe/Berlin",
    "America/St_Johns",
    "UTC",
];

/// Where clocks of these zones change, a year ends, and the epoch begins.
const MOMENTS: [&str; 9] = [
    "2026-03-29T01:00:00Z",
    "2026-10-25T01:00:00Z",
    "2026-03-08T07:00:00Z",
    "2026-11-01T06:00:00Z",
    "2026-04-04T15:00:00Z",
    "2026-10-03T15:30:00Z",
    "2026-12-31T23:59:00Z",
    "2028-02-29T00:00:00Z",
    "1970-01-01T00:00:00Z",
];

const MODELS: [&str; 3] = ["large", "small", "without a price"];

/// What one line says of usage.
#[derive(Clone, Debug)]
enum Told {
    Answer {
        name: u8,
        at: i64,
        model: usize,
        output: u64,
    },
    Turn {
        name: u8,
        at: i64,
        duration_ms: u64,
    },
}

/// What is done one after the other.
#[derive(Clone, Debug)]
enum Step {
    /// A piece of a session's transcript.
    Piece(usize, Vec<Told>),
    /// The machine is in another zone from now on.
    Zone(usize),
}

fn at() -> impl Strategy<Value = i64> {
    let moment = proptest::sample::select(&MOMENTS[..]);
    let around = prop_oneof![-2_i64..3, -100_000_000_i64..100_000_000];
    (moment, around)
        .prop_map(|(moment, around)| moment.parse::<Timestamp>().unwrap().as_millis() + around)
}

fn told() -> impl Strategy<Value = Told> {
    // Few names, so that many are told again, with other numbers or the same.
    let answer =
        (0..12_u8, at(), 0..MODELS.len(), 0..4_u64).prop_map(|(name, at, model, output)| {
            Told::Answer {
                name,
                at,
                model,
                output,
            }
        });
    let turn = (0..8_u8, at(), 0..9000_u64).prop_map(|(name, at, duration_ms)| Told::Turn {
        name,
        at,
        duration_ms,
    });
    prop_oneof![4 => answer, 1 => turn]
}

fn history() -> impl Strategy<Value = Vec<Step>> {
    let piece = (0..4_usize, proptest::collection::vec(told(), 0..9));
    let step = prop_oneof![
        9 => piece.prop_map(|(session, told)| Step::Piece(session, told)),
        1 => (0..ZONES.len()).prop_map(Step::Zone),
    ];
    proptest::collection::vec(step, 1..20)
}

fn price(model: &str, _at: Timestamp, tokens: &Tokens) -> Option<i64> {
    let each = if model == MODELS[0] { 15 } else { 3 };
    let cost = i64::try_from(tokens.output).unwrap() * each;
    (model != MODELS[2]).then_some(cost)
}

/// One answer or turn as it counts: its session, model (none for a turn), time and numbers, in the
/// order of the sums.
#[derive(Clone, PartialEq, Debug)]
struct Counted {
    session: usize,
    model: Option<usize>,
    at: i64,
    numbers: Numbers,
}

/// Answers, answers without a price, turns, milliseconds, output, cost.
type Numbers = [i64; 6];

/// What should have been counted, by name.
#[derive(Default)]
struct Naive {
    counted: BTreeMap<String, Counted>,
    /// When each session began, and which was heard of first among those that began at once.
    place: HashMap<usize, (i64, usize)>,
}

impl Naive {
    fn hear_of(&mut self, session: usize) {
        let heard = self.place.len();
        self.place.entry(session).or_insert((began(session), heard));
    }

    fn tell(&mut self, session: usize, told: &Told) {
        match *told {
            Told::Answer {
                name,
                at,
                model,
                output,
            } => {
                let output = i64::try_from(output).unwrap();
                let cost = price(MODELS[model], Timestamp::from_millis(at), &tokens(output));
                let unpriced = i64::from(cost.is_none());
                let mut new = Counted {
                    session,
                    model: Some(model),
                    at,
                    numbers: [1, unpriced, 0, 0, output, cost.unwrap_or(0)],
                };
                let known = self.counted.get(&format!("answer {name}"));
                if let Some(known) = known {
                    // A copy in a conversation that began later says nothing.
                    if self.place[&known.session] < self.place[&session] {
                        return;
                    }
                    // Nor does one that tells of no tokens, where some are known.
                    if tokens(output).is_empty() && known.numbers[4] > 0 {
                        (new.model, new.numbers) = (known.model, known.numbers);
                    }
                    // Told again, it stays when it was.
                    if (known.session, known.model, known.numbers)
                        == (new.session, new.model, new.numbers)
                    {
                        new.at = known.at;
                    }
                }
                self.counted.insert(format!("answer {name}"), new);
            }
            Told::Turn {
                name,
                at,
                duration_ms,
            } => {
                let took = i64::try_from(duration_ms).unwrap();
                let turn = Counted {
                    session,
                    model: None,
                    at,
                    numbers: [0, 0, 1, took, 0, 0],
                };
                let known = self.counted.get(&format!("turn {name}"));
                let is_earlier =
                    known.is_none_or(|known| self.place[&session] < self.place[&known.session]);
                if is_earlier {
                    self.counted.insert(format!("turn {name}"), turn);
                }
            }
        }
    }

    /// Sums by bucket, session and model.
    fn sums(&self, bucket: impl Fn(Timestamp) -> i64) -> BTreeMap<(i64, usize, String), Numbers> {
        let mut sums = BTreeMap::<_, Numbers>::new();
        for it in self.counted.values() {
            let model = it.model.map_or("", |model| MODELS[model]).to_owned();
            let key = (bucket(Timestamp::from_millis(it.at)), it.session, model);
            let sum = sums.entry(key).or_default();
            for (sum, number) in sum.iter_mut().zip(it.numbers) {
                *sum += number;
            }
        }
        sums
    }
}

/// The day that has begun and whose next one has not.
fn day(zone: &Zone, at: Timestamp) -> Day {
    let about = at.as_millis().div_euclid(86_400_000);
    let has_begun = |day: &Day| zone.beginning(*day) <= at;
    (about - 2..about + 3).filter(has_begun).max().unwrap()
}

fn began(session: usize) -> i64 {
    // Two of them at the same moment.
    [5000, 1000, 1000, 9000][session]
}

fn tokens(output: i64) -> Tokens {
    let output = u64::try_from(output).unwrap();
    Tokens {
        output,
        ..Tokens::default()
    }
}

fn note(told: &Told) -> Noted {
    match *told {
        Told::Answer {
            name,
            at,
            model,
            output,
        } => {
            let at = Timestamp::from_millis(at);
            let tokens = tokens(i64::try_from(output).unwrap());
            let (key, model) = (format!("answer {name}"), MODELS[model].to_owned());
            let cost = price(&model, at, &tokens);
            let usage = Usage {
                message_id: key.clone(),
                key,
                at,
                model,
                tokens,
            };
            Noted {
                note: Note::Usage(usage),
                cost,
            }
        }
        Told::Turn {
            name,
            at,
            duration_ms,
        } => {
            let (key, at) = (format!("turn {name}"), Timestamp::from_millis(at));
            let turn = TurnEnded {
                key,
                at,
                duration_ms,
            };
            Noted {
                note: Note::TurnEnded(turn),
                cost: None,
            }
        }
    }
}

type Sums = BTreeMap<(i64, usize, String), Numbers>;

/// What a table of sums holds.
fn kept(db: &Connection, table: &str, bucket: &str, ids: &[String]) -> Result<Sums, StoreError> {
    let mut statement = db.prepare(&format!(
        "SELECT {bucket}, s.session_id, coalesce(m.name, ''), answers, unpriced, turns, working_ms,
             output, cost
         FROM {table} u JOIN usage_sessions s ON s.id = u.session
         LEFT JOIN usage_models m ON m.id = u.model"
    ))?;
    let rows = statement.query_map([], |row| {
        let id: String = row.get(1)?;
        let session = ids.iter().position(|known| *known == id).unwrap();
        let mut numbers = [0; 6];
        for (place, number) in numbers.iter_mut().enumerate() {
            *number = row.get(3 + place)?;
        }
        Ok(((row.get(0)?, session, row.get(2)?), numbers))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Sums by day and model.
type Totals = BTreeMap<(i64, String), Numbers>;

/// Sums by day and model of all sessions, as they are kept.
fn totals(db: &Connection) -> Result<Totals, StoreError> {
    let mut statement = db.prepare(
        "SELECT day, coalesce(m.name, ''), answers, unpriced, turns, working_ms, output, cost
         FROM usage_day_totals u LEFT JOIN usage_models m ON m.id = u.model",
    )?;
    let rows = statement.query_map([], |row| {
        let mut numbers = [0; 6];
        for (place, number) in numbers.iter_mut().enumerate() {
            *number = row.get(2 + place)?;
        }
        Ok(((row.get(0)?, row.get(1)?), numbers))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Sums of all sessions together.
fn together(days: &Sums) -> Totals {
    let mut totals = Totals::new();
    for ((day, _, model), numbers) in days {
        let total = totals.entry((*day, model.clone())).or_default();
        for (total, number) in total.iter_mut().zip(numbers) {
            *total += number;
        }
    }
    totals
}

async fn all_kept(store: &Store, ids: &[String]) -> (Sums, Sums, Totals) {
    let ids = ids.to_vec();
    let read = move |db: &Connection| {
        let quarters = kept(db, "usage_quarters", "quarter", &ids)?;
        Ok((quarters, kept(db, "usage_days", "day", &ids)?, totals(db)?))
    };
    store.read(read).await.unwrap()
}

/// Everything anew, as `analytics rebuild` does it.
async fn recount(store: &Store, zone: &Zone) {
    let zone = zone.clone();
    let rebuild = move |tx: &codepiper_store::Transaction<'_>| {
        let mut next = analytics::next_day(tx, None)?;
        while let Some(day) = next {
            analytics::recount(tx, day, price)?;
            next = analytics::next_day(tx, Some(day))?;
        }
        days::begin(tx, &zone)?;
        while days::go_on(tx, 3)? {}
        Ok(())
    };
    store.write(rebuild).await.unwrap();
}

async fn play(history: Vec<Step>) {
    let test = open();
    let (mut followed, mut ids) = (Vec::new(), Vec::new());
    for session in 0..4 {
        let mut stored = a_session();
        stored.session.created_at = Timestamp::from_millis(began(session));
        let (id, path) = (stored.session.id, format!("/t/{session}.jsonl"));
        let claim = move |tx: &codepiper_store::Transaction<'_>| {
            sessions::insert(tx, &stored)?;
            transcripts::claim(tx, &path, ProviderId::Demo, id, None, true)
        };
        followed.push(test.store.write(claim).await.unwrap());
        ids.push(id.to_string());
    }
    let mut zone = Zone::utc();
    let mut naive = Naive::default();
    for step in history {
        match step {
            Step::Piece(session, told) => {
                naive.hear_of(session);
                for told in &told {
                    naive.tell(session, told);
                }
                let from = followed[session].offset;
                followed[session].offset += 1;
                let notes = told.iter().map(|told| (from, note(told))).collect();
                let piece = Piece {
                    notes,
                    problems: Vec::new(),
                };
                let (row, zone) = (followed[session].clone(), zone.clone());
                let take = move |tx: &codepiper_store::Transaction<'_>| {
                    ingest::take(tx, from, &row, &piece, "/p", &zone)
                };
                test.store.write(take).await.unwrap();
            }
            Step::Zone(place) => {
                zone = Zone::named(ZONES[place]).unwrap();
                let now = zone.clone();
                // Only begun: pieces come in between.
                let rebuild = move |tx: &codepiper_store::Transaction<'_>| {
                    days::begin(tx, &now)?;
                    days::go_on(tx, 2)
                };
                test.store.write(rebuild).await.unwrap();
            }
        }
    }
    while test.store.write(|tx| days::go_on(tx, 2)).await.unwrap() {}
    let days = naive.sums(|at| day(&zone, at));
    let totals = together(&days);
    let expected = (naive.sums(quarter), days, totals);
    assert_eq!(
        all_kept(&test.store, &ids).await,
        expected,
        "as it arrived, in {}",
        zone.name()
    );
    recount(&test.store, &zone).await;
    assert_eq!(
        all_kept(&test.store, &ids).await,
        expected,
        "after a recount, in {}",
        zone.name()
    );
}

#[test]
fn sums_equal_a_recount_after_any_history_in_any_zone() {
    let is_soak = std::env::var_os("CODEPIPER_SOAK").is_some();
    let config = Config {
        rng_seed: if is_soak {
            RngSeed::Random
        } else {
            RngSeed::Fixed(7)
        },
        failure_persistence: None,
        ..Config::with_cases(if is_soak { 2000 } else { 50 })
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    TestRunner::new(config)
        .run(&history(), |history| {
            runtime.block_on(play(history));
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_days_of_a_year_have_as_many_quarters_as_the_clocks_say() {
    let quarters = |zone: &str, day: &str| {
        let (zone, day) = (Zone::named(zone).unwrap(), day_of_text(day).unwrap());
        quarter(zone.beginning(day + 1)) - quarter(zone.beginning(day))
    };
    assert_eq!(quarters("Europe/Berlin", "2026-03-29"), 23 * 4);
    assert_eq!(quarters("America/New_York", "2026-11-01"), 25 * 4);
    assert_eq!(quarters("Australia/Lord_Howe", "2026-04-05"), 24 * 4 + 2);
    assert_eq!(quarters("Asia/Kathmandu", "2026-04-05"), 24 * 4);
}
