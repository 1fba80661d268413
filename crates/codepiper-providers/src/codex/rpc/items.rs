use std::collections::HashMap;

use super::{Item, Notice, Tool};

/// What goes on in the conversations, as far as it was heard of. Requests for leave do not say
/// everything: one for changes to files not which, one of an MCP server not for which item.
#[derive(Clone, Debug, Default)]
pub struct Items(HashMap<String, Begun>);

#[derive(Clone, Debug)]
struct Begun {
    thread_id: String,
    item: Item,
}

impl Items {
    /// Takes in what a notice says of them.
    pub fn note(&mut self, notice: &Notice) {
        match notice {
            Notice::ItemBegan(thread_id, item) => {
                let begun = Begun {
                    thread_id: thread_id.clone(),
                    item: item.clone(),
                };
                self.0.insert(item.id.clone(), begun);
            }
            Notice::ItemEnded(_, item) => {
                self.0.remove(&item.id);
            }
            _ => {}
        }
    }

    pub(super) fn tool(&self, id: &str) -> Option<&Tool> {
        self.0.get(id)?.item.tool.as_ref()
    }

    /// The item that uses a tool, where only one does so in that way.
    pub(super) fn using(&self, thread_id: &str, tool: &Tool) -> Option<&str> {
        let mut found = self
            .0
            .values()
            .filter(|begun| begun.thread_id == thread_id && begun.item.tool.as_ref() == Some(tool));
        let first = found.next()?;
        found.next().is_none().then_some(first.item.id.as_str())
    }
}
