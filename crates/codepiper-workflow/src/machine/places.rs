use std::collections::HashMap;

use crate::definition::{Step, Workflow};

/// The steps of a workflow by name, each with what is around it.
pub(super) struct Places<'w> {
    by_name: HashMap<&'w str, Place<'w>>,
}

pub(super) struct Place<'w> {
    pub(super) step: &'w Step,
    /// The steps around it, the outermost first.
    pub(super) around: Vec<&'w Step>,
    /// For each of them, whether it is what is done about that one's failure.
    is_about_error: Vec<bool>,
}

impl<'w> Places<'w> {
    pub(super) fn of(workflow: &'w Workflow) -> Self {
        let mut by_name = HashMap::new();
        workflow.walk(&mut |step, around| {
            let mut inner_first: Vec<&Step> = around.to_vec();
            inner_first.push(step);
            let is_about_error = inner_first.windows(2).map(|pair| {
                let about = crate::check::on_error_steps(pair[0]);
                about.iter().any(|other| other.name == pair[1].name)
            });
            by_name.insert(
                step.name.as_str(),
                Place {
                    step,
                    around: around.to_vec(),
                    is_about_error: is_about_error.collect(),
                },
            );
        });
        Self { by_name }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Place<'w>> {
        self.by_name.get(name)
    }

    /// The loops around a step, the outermost first.
    pub(super) fn loops(&self, name: &str) -> Vec<&'w Step> {
        self.get(name).map_or_else(Vec::new, Place::loops)
    }
}

impl<'w> Place<'w> {
    /// The loops whose rounds it runs in. What is done about a loop's failure is in none of them.
    pub(super) fn loops(&self) -> Vec<&'w Step> {
        let around = self.around.iter().zip(&self.is_about_error);
        let loops = around.filter(|(step, about)| step.is_loop() && !**about);
        loops.map(|(step, _)| *step).collect()
    }
}
