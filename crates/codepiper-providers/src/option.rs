/// An option's name and the value it carries: `--config=x`, `-cx`, `-c=x`.
pub(crate) fn split(arg: &str) -> (&str, Option<&str>) {
    if arg.starts_with("--") {
        return match arg.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (arg, None),
        };
    }
    match arg.char_indices().nth(2) {
        Some((end, _)) if arg.starts_with('-') => {
            let value = &arg[end..];
            (&arg[..end], Some(value.strip_prefix('=').unwrap_or(value)))
        }
        _ => (arg, None),
    }
}

/// Whether it is a value, a prompt or a command: anything but an option.
pub(crate) fn is_word(arg: &str) -> bool {
    arg == "-" || !arg.starts_with('-')
}

/// How many words stand at the beginning, before the next option.
pub(crate) fn words(args: &[String]) -> usize {
    args.iter().take_while(|arg| is_word(arg)).count()
}
