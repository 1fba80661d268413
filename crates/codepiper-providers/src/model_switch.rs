/// What an agent makes of being told to use another model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelSwitch {
    /// It asks whether that is meant; this key says yes.
    Asks(char),
    /// It uses the model that it calls this.
    Done(String),
    /// It does not, and says this.
    Refused(String),
}
