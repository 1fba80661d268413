//! The patches of the tool `apply_patch`: which files they are about.

/// The name of the tool, whose `command` is a patch and no shell line.
pub(crate) const TOOL: &str = "apply_patch";

const FILES: [&str; 4] = [
    "*** Add File: ",
    "*** Update File: ",
    "*** Delete File: ",
    "*** Move to: ",
];
const OTHERS: [&str; 3] = ["*** Begin Patch", "*** End Patch", "*** End of File"];

/// The files that a patch names, and whether these are all. A row of a file's contents that looks
/// like a name is taken for one: too strict does no harm.
pub(crate) fn files(patch: &str) -> (Vec<&str>, bool) {
    let mut files = Vec::new();
    let mut are_all = true;
    for row in patch.lines().map(str::trim) {
        match FILES.iter().find_map(|prefix| row.strip_prefix(prefix)) {
            Some(file) => files.push(file.trim()),
            None => are_all &= !row.starts_with("***") || OTHERS.contains(&row),
        }
    }
    are_all &= !files.is_empty();
    (files, are_all)
}
