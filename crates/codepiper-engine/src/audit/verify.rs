//! Checking the audit: that no row was changed, removed, put in between or moved, and that what is
//! shown of a decision is what its rows say.

use std::collections::BTreeMap;

use codepiper_model::{Decision, DecisionKind, DecisionSource, EntryKind, Outcome};
use codepiper_store::Connection;
use codepiper_store::StoreError;
use codepiper_store::chain::{self, Chain, Link};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::head::{Head, Heads};
use crate::canonical::sha256;

/// Rows that are read at a time.
const PAGE: usize = 500;

/// Problems that are listed; all of them are counted.
const LISTED: usize = 100;

/// What checking the audit came to.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VerificationResponse)]
pub struct Verification {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// How many decisions there are.
    pub decisions: u64,
    /// How many entries came after decisions.
    pub entries: u64,
    /// The newest hashes: worth noting down elsewhere.
    pub head: Heads,
    /// How many problems there are.
    pub problem_count: usize,
    /// The first hundred of them.
    pub problems: Vec<Problem>,
    /// What keeps the end of the audit from being checked.
    pub warnings: Vec<String>,
}

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditProblem)]
pub struct Problem {
    /// `decisions`, or `after` for what came after them.
    pub chain: &'static str,
    /// The row.
    pub seq: i64,
    /// The decision it is, or is about.
    pub decision_id: Option<String>,
    /// What is wrong with it.
    pub what: String,
}

/// Checks everything. `kept` are the heads that were noted in a file, `noted` is a hash that a person
/// has noted.
pub(crate) fn verify(
    db: &Connection,
    kept: Option<&Heads>,
    noted: Option<&str>,
) -> Result<Verification, StoreError> {
    let mut report = Verification::default();
    let mut noted_found = noted.is_none();
    if kept.is_none() && chain::highest_ever(db, Chain::Decisions)? > 0 {
        let what = "the file with the newest hashes is not there or cannot be read";
        report.warnings.push(what.to_owned());
    }
    for (chain, name) in [(Chain::Decisions, "decisions"), (Chain::After, "after")] {
        let mut last = Head::default();
        let mut place = i64::MIN;
        let mut beside = Beside::of(chain);
        let kept = kept.and_then(|kept| match chain {
            Chain::Decisions => kept.decisions.as_ref(),
            Chain::After => kept.after.as_ref(),
        });
        let mut kept_found = kept.is_none();
        loop {
            let page = chain::links(db, chain, place, PAGE)?;
            for link in &page {
                place = link.seq;
                let mut wrong = wrong_in_chain(link, &last);
                wrong.extend(beside.wrong(db, link)?);
                report.warnings.extend(missing_file(link));
                if chain == Chain::Decisions {
                    wrong.extend(wrong_in_shown(db, link)?);
                }
                for what in wrong {
                    report.note(name, link, what);
                }
                kept_found |= kept.is_some_and(|kept| kept.hash == link.hash);
                noted_found |= noted == Some(link.hash.as_str());
                last = Head {
                    seq: link.seq,
                    hash: link.hash.clone(),
                };
                match chain {
                    Chain::Decisions => report.decisions += 1,
                    Chain::After => report.entries += 1,
                }
            }
            if page.len() < PAGE {
                break;
            }
        }
        if let Some(kept) = kept.filter(|_| !kept_found) {
            let what = format!(
                "row {} with hash `{}` was there and is gone",
                kept.seq, kept.hash
            );
            report.push(name, kept.seq, None, what);
        }
        let highest = chain::highest_ever(db, chain)?;
        if highest > last.seq {
            let what = format!("the rows behind {} were there and are gone", last.seq);
            report.push(name, highest, None, what);
        }
        let head = (last.seq > 0).then_some(last);
        match chain {
            Chain::Decisions => report.head.decisions = head,
            Chain::After => report.head.after = head,
        }
    }
    for (seq, decision) in chain::orphans(db, LISTED)? {
        let what = "the decision that it is about is gone".to_owned();
        report.push("after", seq, Some(decision), what);
    }
    if let Some(noted) = noted.filter(|_| !noted_found) {
        report.push(
            "decisions",
            0,
            None,
            format!("no row has the hash `{noted}`"),
        );
    }
    report.ok = report.problem_count == 0;
    Ok(report)
}

impl Verification {
    fn note(&mut self, chain: &'static str, link: &Link, what: String) {
        self.push(chain, link.seq, link.decision_id.clone(), what);
    }

    fn push(&mut self, chain: &'static str, seq: i64, decision_id: Option<String>, what: String) {
        self.problem_count += 1;
        if self.problems.len() < LISTED {
            self.problems.push(Problem {
                chain,
                seq,
                decision_id,
                what,
            });
        }
    }
}

/// A daemon found the file with the newest hashes missing: what was cut off before then is not told
/// by it.
fn missing_file(link: &Link) -> Option<String> {
    let is_it = link
        .found_by
        .iter()
        .any(|(name, value)| *name == "kind" && *value == EntryKind::HeadMissing.as_str());
    let at = link.found_by.iter().find(|(name, _)| *name == "timestamp");
    let at = at.filter(|_| is_it)?;
    Some(format!(
        "the file with the newest hashes was not there at {}",
        at.1
    ))
}

/// Follows the other chain: each row names what was its newest hash when the row was written.
struct Beside {
    other: Chain,
    at: Head,
    page: std::collections::VecDeque<(i64, String)>,
    missing: usize,
}

impl Beside {
    fn of(chain: Chain) -> Self {
        Self {
            other: match chain {
                Chain::Decisions => Chain::After,
                Chain::After => Chain::Decisions,
            },
            at: Head::default(),
            page: std::collections::VecDeque::new(),
            missing: 0,
        }
    }

    fn wrong(&mut self, db: &Connection, link: &Link) -> Result<Option<String>, StoreError> {
        let sealed: Value = serde_json::from_str(&link.sealed).unwrap_or_default();
        let Some(named) = sealed["besideHash"].as_str() else {
            return Ok(None);
        };
        // Looking for what is gone goes to the end of the other chain each time.
        if named == self.at.hash || self.missing >= 3 {
            return Ok(None);
        }
        let (start, page) = (self.at.clone(), self.page.clone());
        loop {
            if self.page.is_empty() {
                self.page = chain::hashes(db, self.other, self.at.seq, PAGE)?.into();
            }
            let Some((seq, hash)) = self.page.pop_front() else {
                (self.at, self.page) = (start, page);
                self.missing += 1;
                let what = "what stood in the other chain when it was written is gone";
                return Ok(Some(what.to_owned()));
            };
            self.at = Head { seq, hash };
            if self.at.hash == named {
                return Ok(None);
            }
        }
    }
}

/// What is wrong with a row by itself and behind the one before it.
fn wrong_in_chain(link: &Link, last: &Head) -> Vec<String> {
    let mut wrong = Vec::new();
    if link.seq < 1 {
        wrong.push("it stands before the first row".to_owned());
    } else if link.seq != last.seq + 1 {
        wrong.push(format!(
            "the rows from {} to here are missing",
            last.seq + 1
        ));
    }
    if link.prev_hash != last.hash {
        wrong.push("it does not follow the row before it".to_owned());
    }
    if sha256(link.sealed.as_bytes()) != link.hash {
        wrong.push("it was changed after it was written".to_owned());
    }
    let sealed: Value = serde_json::from_str(&link.sealed).unwrap_or_default();
    let told: Value = match &link.shown {
        Some(shown) => serde_json::from_str(shown).unwrap_or_default(),
        None => sealed.clone(),
    };
    for (name, value) in &link.found_by {
        if told[name].as_str() != Some(value) {
            wrong.push(format!("its `{name}` is not the one that it is found by"));
        }
    }
    for (name, value) in &link.repeats {
        // Older rows were written without some of these.
        let written = sealed.get(*name).map(Value::as_str);
        if written.is_some_and(|written| written != value.as_deref()) {
            wrong.push(format!("its `{name}` beside what is sealed is another one"));
        }
    }
    let names = [("prevHash", Some(&link.prev_hash))];
    let id = if link.shown.is_some() {
        "id"
    } else {
        "decisionId"
    };
    for (name, value) in names.into_iter().chain([(id, link.decision_id.as_ref())]) {
        if sealed[name].as_str() != value.map(String::as_str) {
            wrong.push(format!("its `{name}` is not the one that was written"));
        }
    }
    wrong
}

/// Whether what is shown of a decision is what it was sealed with and what came after it.
fn wrong_in_shown(db: &Connection, link: &Link) -> Result<Option<String>, StoreError> {
    let (Some(id), Some(shown)) = (&link.decision_id, &link.shown) else {
        return Ok(None);
    };
    let after = chain::after_decision(db, id)?;
    let expected = expected(&link.sealed, &after);
    let shown: Option<Decision> = serde_json::from_str(shown).ok();
    let (Some(expected), Some(shown)) = (expected, shown) else {
        return Ok(Some("it cannot be read".to_owned()));
    };
    let facts = facts(&shown, link);
    let differs = expected
        .iter()
        .find(|(name, value)| facts.get(**name) != Some(value));
    Ok(differs.map(|(name, _)| format!("its `{name}` is not what was written")))
}

/// What a decision has to show, by name.
fn expected(sealed: &str, after: &[String]) -> Option<BTreeMap<&'static str, Value>> {
    const FIXED: [&str; 8] = [
        "agentId",
        "eventId",
        "id",
        "prevHash",
        "sessionId",
        "timestamp",
        "toolInput",
        "toolName",
    ];
    const RULED: [&str; 4] = ["decision", "matched", "reason", "source"];

    let sealed: Value = serde_json::from_str(sealed).ok()?;
    let mut now: BTreeMap<&'static str, Value> = FIXED
        .into_iter()
        .chain(RULED)
        .map(|name| (name, sealed[name].clone()))
        .collect();
    now.insert("outcome", serde_json::to_value(Outcome::Unknown).ok()?);
    let mut by = None;
    for entry in after {
        let entry: Value = serde_json::from_str(entry).ok()?;
        let facts = &entry["facts"];
        match entry["kind"].as_str()? {
            "asked" => {
                by = None;
                now.extend(RULED.map(|name| (name, facts[name].clone())));
            }
            "answered" => {
                by = Some(facts["answer"]["by"].clone());
                now.insert("outcome", serde_json::to_value(Outcome::Answered).ok()?);
            }
            "outcome" => drop(now.insert("outcome", facts["outcome"].clone())),
            "submitted" => {
                by = by.or_else(|| facts["by"].as_str().map(Value::from));
                now.insert("outcome", facts["outcome"].clone());
            }
            _ => {}
        }
    }
    let kind: DecisionKind = serde_json::from_value(now["decision"].clone()).ok()?;
    let source: DecisionSource = serde_json::from_value(now["source"].clone()).ok()?;
    let rule = if source == DecisionSource::Rule {
        now["matched"][0].clone()
    } else {
        Value::Null
    };
    now.insert("policyId", rule["policyId"].clone());
    now.insert("ruleId", rule["ruleId"].clone());
    let ruled = if kind == DecisionKind::None {
        "agent"
    } else {
        "policy"
    };
    now.insert("actor", by.unwrap_or_else(|| ruled.into()));
    Some(now)
}

fn facts(shown: &Decision, link: &Link) -> BTreeMap<String, Value> {
    let value = serde_json::to_value(shown).unwrap_or_default();
    let mut facts: BTreeMap<String, Value> = match value {
        Value::Object(object) => object.into_iter().collect(),
        _ => BTreeMap::new(),
    };
    // Older names for the same must not say something else either.
    if facts.get("args") != facts.get("toolInput") || shown.hash != link.hash {
        facts.clear();
    }
    facts
}
