use std::path::Path;

use codepiper_store::copy;
use serde::Serialize;

use super::{DATABASE, HEAD, KEY, SESSIONS, unusable};
use crate::audit::{kept_heads, verify};
use crate::keyring::{self, Keyring};
use crate::{EngineError, sealed};

/// What was found in a backup, all of it readable.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BackupContents {
    /// Secrets that were opened.
    pub secrets: usize,
    /// Decisions in the audit.
    pub decisions: u64,
    /// Other entries in the audit.
    pub entries: u64,
}

/// Reads everything that has to be readable in an unpacked backup.
pub(super) fn prove(dir: &Path) -> Result<BackupContents, EngineError> {
    let db = copy::open_copy(&dir.join(DATABASE)).map_err(unusable)?;
    let keyring = Keyring::of(vec![keyring::read(&dir.join(KEY))?]);
    let secrets = sealed::all(&db, &dir.join(SESSIONS))?;
    for secret in &secrets {
        secret.check(&keyring)?;
    }
    let heads = kept_heads(&dir.join(HEAD));
    let audit = verify(&db, heads.as_ref(), None).map_err(unusable)?;
    if let Some(problem) = audit.problems.first() {
        let message = format!(
            "the audit does not verify: row {} of {}: {}",
            problem.seq, problem.chain, problem.what
        );
        let hint = "`codepiper audit verify` says more";
        return Err(EngineError::conflict_with_hint(
            "audit_broken",
            message,
            hint,
        ));
    }
    Ok(BackupContents {
        secrets: secrets.len(),
        decisions: audit.decisions,
        entries: audit.entries,
    })
}
