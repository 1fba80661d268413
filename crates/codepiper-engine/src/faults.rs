//! Where a test can have the daemon die. There is nothing here in a release.

/// Ends the process at once where `CODEPIPER_FAULT` names this point and this is the time for it:
/// `workflow-after:3` is the third time that a transition of a workflow has been stored.
#[cfg(debug_assertions)]
pub(crate) fn point(name: &str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static PASSED: AtomicU32 = AtomicU32::new(0);
    let wanted = std::env::var("CODEPIPER_FAULT").unwrap_or_default();
    let Some((point, count)) = wanted.split_once(':') else {
        return;
    };
    if point == name && count.parse() == Ok(PASSED.fetch_add(1, Ordering::SeqCst) + 1) {
        std::process::abort();
    }
}

#[cfg(not(debug_assertions))]
pub(crate) fn point(_: &str) {}
