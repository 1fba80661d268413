use codepiper_model::Verdict;

use crate::host::Hosts;
use crate::patterns::Compiled;

/// Patterns for the machines that a call talks to.
#[derive(Clone, Debug)]
pub(crate) struct HostMatcher(pub(crate) Compiled);

impl HostMatcher {
    /// An `allow` needs to know all of them; the others need one.
    pub(crate) fn matches(&self, hosts: &Hosts, action: Verdict) -> bool {
        let matches = |host: &String| self.0.matches(host);
        match action {
            Verdict::Allow => {
                hosts.are_all && !hosts.list.is_empty() && hosts.list.iter().all(matches)
            }
            // A list of negative patterns alone is not meant for what may be no host.
            Verdict::Ask | Verdict::Deny => {
                hosts.list.iter().any(matches)
                    || !self.0.matches_absence() && hosts.possible.iter().any(matches)
            }
        }
    }
}
