use crate::SessionId;

/// On whose authority a call is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The person this daemon belongs to.
    Owner,
    /// An agent that runs inside a session: it is not its user.
    Agent(SessionId),
    /// The daemon itself.
    System,
}
