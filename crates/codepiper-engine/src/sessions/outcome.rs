//! What went wrong with a turn, from everything that tells.
//!
//! The hook of its end comes first, then the app-server, the transcript and the screen. What the
//! screen shows and a reply could imitate counts only where the transcript says the same.

use codepiper_model::{ActivityState, Evidence, EvidenceSource, Timestamp, Trouble, TroubleKind};

use super::activity::{Belief, Signs, evidence};

impl Signs<'_> {
    /// It may wait to try again.
    pub(super) fn while_it_works(&self, belief: Belief, at: Timestamp) -> Belief {
        let retrying = self.certain();
        let retrying = retrying.filter(|trouble| trouble.kind == TroubleKind::Retrying);
        match retrying {
            Some(trouble) => Belief {
                evidence: of_trouble(EvidenceSource::Screen, trouble, at),
                because: "a turn is under way, and the screen tells that the model is tried again",
                ..belief
            },
            None => belief,
        }
    }

    /// A question that the agent asks because something went wrong.
    pub(super) fn in_its_words(&self, mut belief: Belief) -> Belief {
        let asks = |trouble: &&Trouble| trouble.kind.as_str() == belief.evidence.kind;
        let words = self.certain().filter(asks);
        belief.evidence.detail = words.and_then(|trouble| trouble.detail.clone());
        belief
    }

    /// It may have ended otherwise than by being done.
    pub(super) fn after_a_turn(&self, belief: Belief, at: Timestamp) -> Belief {
        let Some((trouble, source, because)) = self.end(&belief) else {
            return Belief {
                because: self.denial(&belief).unwrap_or(belief.because),
                ..belief
            };
        };
        // Agents say that they were interrupted also where the person refused something.
        let seen = self
            .certain()
            .filter(|seen| seen.kind == TroubleKind::Rejected);
        let trouble = match trouble.kind {
            TroubleKind::Interrupted if seen.is_some() || self.is_refused => &Trouble {
                kind: TroubleKind::Rejected,
                detail: seen.unwrap_or(trouble).detail.clone(),
            },
            _ => trouble,
        };
        let hook = self.hook.filter(|_| source == EvidenceSource::Hook);
        Belief {
            state: if trouble.kind.needs_person() {
                ActivityState::NeedsInput
            } else {
                belief.state
            },
            evidence: Evidence {
                event_id: hook.map(|hook| hook.event_id),
                ..of_trouble(source, trouble, hook.map_or(at, |hook| hook.at))
            },
            because,
            ..belief
        }
    }

    /// What went wrong with a turn that is over, who tells, and why that one is believed.
    fn end(&self, belief: &Belief) -> Option<(&Trouble, EvidenceSource, &'static str)> {
        let is_of_hook = belief.evidence.source == EvidenceSource::Hook;
        let hook = self.hook.filter(|_| is_of_hook);
        let transcript = self.transcript.as_ref().filter(|_| !is_of_hook);
        let of_hook = hook.and_then(|hook| hook.trouble.as_ref());
        let of_server = || self.server.as_ref()?.trouble.as_ref();
        let of_transcript = || transcript?.trouble.as_ref();
        if let Some(trouble) = of_hook {
            let because = "the hook of the turn's end tells what went wrong";
            Some((trouble, EvidenceSource::Hook, because))
        } else if let Some(trouble) = of_server() {
            let because = "the app-server tells what went wrong with the turn";
            Some((trouble, EvidenceSource::AppServer, because))
        } else if let Some(trouble) = of_transcript() {
            let because = "the transcript tells what went wrong with the turn";
            Some((trouble, EvidenceSource::Transcript, because))
        } else {
            let because = "the screen shows what went wrong, and no reply looks like that";
            let trouble = self.certain()?;
            Some((trouble, EvidenceSource::Screen, because))
        }
    }

    /// Why what the screen claims is not believed.
    fn denial(&self, belief: &Belief) -> Option<&'static str> {
        self.screen.claim.as_ref()?;
        Some(if belief.evidence.source == EvidenceSource::Hook {
            "the turn ended well by its hook, whatever the reply reads like"
        } else if self.transcript.is_some() {
            "the transcript tells of no trouble, whatever the reply reads like"
        } else {
            "only the screen tells of trouble, and a reply can look like that"
        })
    }

    /// What the screen shows beyond doubt.
    fn certain(&self) -> Option<&Trouble> {
        let claim = self.screen.claim.as_ref()?;
        claim.is_certain.then_some(&claim.trouble)
    }
}

fn of_trouble(source: EvidenceSource, trouble: &Trouble, at: Timestamp) -> Evidence {
    Evidence {
        detail: trouble.detail.clone(),
        ..evidence(source, trouble.kind.as_str(), at)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use codepiper_providers::{Claim, LatestTurn};
    use tokio::time::Instant;

    use super::*;
    use crate::sessions::activity::{HookSign, Observed, ServerSign};

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn limit() -> Trouble {
        Trouble::new(TroubleKind::UsageLimit, "You've hit your session limit")
    }

    /// An empty prompt above which a limit is told, a second ago.
    fn signs(hook: Option<&HookSign>, is_certain: bool) -> Signs<'_> {
        let start = Instant::now();
        let trouble = limit();
        Signs {
            screen: Observed {
                state: ActivityState::Idle,
                kind: "prompt_box",
                claim: Some(Claim {
                    trouble,
                    is_certain,
                }),
            },
            screen_since: start,
            hook,
            hook_since: start,
            pending: None,
            server: None,
            is_refused: false,
            transcript: None,
            now: start + Duration::from_secs(1),
        }
    }

    fn hook(state: ActivityState, event: &str, trouble: Option<Trouble>) -> HookSign {
        HookSign {
            state,
            event: event.to_owned(),
            event_id: 7,
            trouble,
            at: at(5),
            heard: Instant::now(),
        }
    }

    fn believed(signs: &Signs<'_>) -> (ActivityState, EvidenceSource, String) {
        let belief = signs.believed(at(9));
        let evidence = belief.evidence;
        (belief.state, evidence.source, evidence.kind)
    }

    #[test]
    fn a_reply_that_reads_like_a_limit_is_a_reply() {
        use ActivityState::Idle;
        let is_well = |signs: &Signs<'_>| assert_eq!(believed(signs).0, Idle);
        is_well(&signs(None, false));
        let stop = hook(Idle, "Stop", None);
        is_well(&signs(Some(&stop), false));
        let mut written = signs(None, false);
        written.transcript = Some(LatestTurn {
            over: true,
            trouble: None,
        });
        is_well(&written);
    }

    #[test]
    fn a_limit_needs_a_person_whoever_tells_of_it() {
        use EvidenceSource::{AppServer, Hook, Screen, Transcript};
        let told = |source| (ActivityState::NeedsInput, source, "usage_limit".to_owned());
        assert_eq!(believed(&signs(None, true)), told(Screen));
        let failed = hook(ActivityState::Idle, "StopFailure", Some(limit()));
        assert_eq!(believed(&signs(Some(&failed), false)), told(Hook));
        let mut written = signs(None, false);
        written.transcript = Some(LatestTurn {
            over: true,
            trouble: Some(limit()),
        });
        assert_eq!(believed(&written), told(Transcript));
        let mut served = signs(None, false);
        served.server = Some(ServerSign {
            state: ActivityState::Idle,
            trouble: Some(limit()),
            at: at(6),
        });
        assert_eq!(believed(&served), told(AppServer));
    }

    #[test]
    fn an_app_server_ends_a_turn_at_once_that_no_hook_ends() {
        let prompted = hook(ActivityState::Working, "UserPromptSubmit", None);
        let mut signs = signs(Some(&prompted), false);
        signs.now = signs.screen_since;
        assert_eq!(believed(&signs).0, ActivityState::Working);
        signs.server = Some(ServerSign {
            state: ActivityState::Unknown,
            trouble: Some(limit()),
            at: at(6),
        });
        assert_eq!(believed(&signs).0, ActivityState::NeedsInput);
    }
}
