use std::collections::HashMap;

use super::{Item, Notice, Tool};

/// What goes on in the conversations, as far as it was heard of: a request for leave to change
/// files does not say which.
#[derive(Clone, Debug, Default)]
pub struct Items(HashMap<String, Item>);

impl Items {
    /// Takes in what a notice says of them.
    pub fn note(&mut self, notice: &Notice) {
        match notice {
            Notice::ItemBegan(_, item) => {
                self.0.insert(item.id.clone(), item.clone());
            }
            Notice::ItemEnded(_, item) => {
                self.0.remove(&item.id);
            }
            _ => {}
        }
    }

    pub(super) fn tool(&self, id: &str) -> Option<&Tool> {
        self.0.get(id)?.tool.as_ref()
    }
}
