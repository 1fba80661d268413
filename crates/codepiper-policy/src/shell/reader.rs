//! From the parsed structure to the simple commands.

use brush_parser::ast::{
    self, AssignmentValue, CommandPrefixOrSuffixItem as Item, CompoundCommand, CompoundList,
    ExtendedTestExpr, IoFileRedirectKind, IoFileRedirectTarget, IoRedirect, Pipeline, RedirectList,
    SimpleCommand,
};

use super::command::base;
use super::variables::Variables;
use super::word::{decode, decode_text};
use super::wrapper::Inner;
use super::{
    Command, Line, Redirect, Word, doubt, grammar, guess, launch, rough, said, variables, wrapper,
};

/// How deep lines may be in lines, and programs be run by programs.
const DEPTH_MAX: usize = 8;
/// The most commands of a line.
const COMMANDS_MAX: usize = 1000;
/// The most commands that those of a line may run besides.
const MAY_RUN_MAX: usize = 1000;
/// How many bytes of texts that a program may run are looked through, those of a file each time.
const TEXTS_MAX: usize = 64 * 1024;
/// How many bytes are parsed for one line, those of its substitutions counted again.
const BYTES_MAX: usize = 512 * 1024;
/// From how many places a relative path may be seen: every `cd` to one doubles them.
const PLACES_MAX: usize = 16;

const UNREADABLE: &str = "it cannot be read as a shell line";
const TOO_DEEP: &str = "it is nested too deep, or too long";

pub(super) fn read(text: &str) -> Line {
    let mut reader = Reader::new();
    reader.script(text);
    reader.finished()
}

pub(super) fn read_argv(argv: &[&str]) -> Line {
    let mut reader = Reader::new();
    let words = argv.iter().map(|text| Word::literal(text)).collect();
    reader.run(words, None, None);
    reader.finished()
}

struct Reader {
    line: Line,
    directories: Vec<Word>,
    directory_is_known: bool,
    places: usize,
    variables: Variables,
    depth: usize,
    bytes_left: usize,
    /// Whether a shell without `$'…'` would read the script otherwise.
    is_ansi: bool,
    /// What the latest command writes, where that stands in the line.
    said: Option<String>,
    /// How many commands that may be run are still kept.
    room: usize,
    /// How many bytes of texts that may be run are still looked through.
    texts_left: usize,
    /// The values of variables that decide what the next command runs.
    deciding: Vec<String>,
    /// The file that the latest command writes to.
    opened: Option<String>,
    /// Files that the line makes, and what is in them.
    written: Vec<(String, String)>,
    /// Files that the line makes of other ones: what either is called.
    copies: Vec<(String, String)>,
}

impl Reader {
    fn new() -> Self {
        Self {
            line: Line::default(),
            directories: Vec::new(),
            directory_is_known: true,
            places: 1,
            variables: Variables::new(),
            depth: 0,
            bytes_left: BYTES_MAX,
            is_ansi: false,
            said: None,
            room: MAY_RUN_MAX,
            texts_left: TEXTS_MAX,
            deciding: Vec::new(),
            opened: None,
            written: Vec::new(),
            copies: Vec::new(),
        }
    }

    fn finished(mut self) -> Line {
        let moves = !self.directory_is_known || !self.directories.is_empty();
        if moves {
            for command in &mut self.line.commands {
                command.doubt_relative_program();
            }
        }
        self.line.directories = self.directory_is_known.then_some(self.directories);
        self.line
    }

    fn doubt(&mut self, why: &'static str) {
        self.line.doubt.get_or_insert(why);
    }

    fn push(&mut self, command: Command) {
        if self.line.commands.len() < COMMANDS_MAX {
            self.line.commands.push(command);
        } else {
            self.doubt(TOO_DEEP);
        }
    }

    /// A whole shell line.
    fn script(&mut self, text: &str) {
        let affordable = self.depth < DEPTH_MAX && text.len() < self.bytes_left;
        if !affordable {
            self.doubt(TOO_DEEP);
            self.rough(text, TOO_DEEP);
            return;
        }
        self.bytes_left -= text.len() + 1;
        match grammar::parse(text) {
            Some(program) => {
                self.depth += 1;
                let around = std::mem::take(&mut self.is_ansi);
                for list in &program.complete_commands {
                    self.list(list);
                }
                if std::mem::replace(&mut self.is_ansi, around) {
                    self.doubt("shells do not agree on what `$'…'` means");
                    // The quotes may end elsewhere.
                    self.script(&text.replace("$'", "'$"));
                }
                self.depth -= 1;
            }
            None => self.rough(text, UNREADABLE),
        }
    }

    fn rough(&mut self, text: &str, why: &'static str) {
        self.doubt(why);
        for command in rough::pieces(text, why) {
            // Also what the pieces run: `sudo` at the beginning of one hides nothing.
            self.run_rough(command);
        }
        for file in rough::files(text) {
            self.push(file);
        }
    }

    fn run_rough(&mut self, command: Command) {
        let inner = wrapper::inner(&command.words, None);
        let doubt = command.doubt;
        self.push(command);
        for inner in inner {
            match inner {
                Inner::Argv(words) if !words.is_empty() => self.push(Command::new(words, doubt)),
                Inner::Script(text) => {
                    let pieces = rough::pieces(&text, UNREADABLE);
                    for piece in pieces.into_iter().chain(rough::files(&text)) {
                        self.push(piece);
                    }
                }
                Inner::Argv(_) | Inner::Unknown(_) | Inner::Guess(_) | Inner::Directory(_) => {}
            }
        }
    }

    fn list(&mut self, list: &CompoundList) {
        for item in &list.0 {
            for (_, pipeline) in &item.0 {
                self.pipeline(pipeline);
            }
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        let mut said = None;
        for command in &pipeline.seq {
            self.said = None;
            self.command(command, said.take());
            said = self.said.take();
        }
    }

    fn command(&mut self, command: &ast::Command, input: Option<String>) {
        match command {
            ast::Command::Simple(simple) => self.simple(simple, input),
            ast::Command::Compound(compound, redirects) => {
                self.compound(compound);
                self.redirects(redirects.as_ref());
            }
            ast::Command::Function(function) => {
                self.compound(&function.body.0);
                self.redirects(function.body.1.as_ref());
            }
            ast::Command::ExtendedTest(test, redirects) => {
                self.test(&test.expr);
                self.redirects(redirects.as_ref());
            }
        }
    }

    fn compound(&mut self, compound: &CompoundCommand) {
        match compound {
            CompoundCommand::Arithmetic(command) => self.arithmetic(&command.expr.value),
            CompoundCommand::ArithmeticForClause(command) => {
                let parts = [&command.initializer, &command.condition, &command.updater];
                for part in parts.into_iter().flatten() {
                    self.evaluated(&part.value);
                }
                self.list(&command.body.list);
            }
            CompoundCommand::BraceGroup(group) => self.list(&group.list),
            CompoundCommand::Subshell(subshell) => self.list(&subshell.list),
            CompoundCommand::ForClause(command) => {
                if variables::is_dangerous(&command.variable_name) {
                    self.doubt("a variable is set that decides what runs");
                }
                for value in command.values.iter().flatten() {
                    let word = self.word(&value.value);
                    self.variables.set(&command.variable_name, &word.guess);
                }
                self.list(&command.body.list);
            }
            CompoundCommand::CaseClause(command) => {
                self.word(&command.value.value);
                for case in &command.cases {
                    for pattern in &case.patterns {
                        self.word(&pattern.value);
                    }
                    if let Some(list) = &case.cmd {
                        self.list(list);
                    }
                }
            }
            CompoundCommand::IfClause(command) => {
                self.list(&command.condition);
                self.list(&command.then);
                for otherwise in command.elses.iter().flatten() {
                    if let Some(condition) = &otherwise.condition {
                        self.list(condition);
                    }
                    self.list(&otherwise.body);
                }
            }
            CompoundCommand::WhileClause(command) | CompoundCommand::UntilClause(command) => {
                self.list(&command.0);
                self.list(&command.1.list);
            }
            CompoundCommand::Coprocess(command) => self.command(&command.body, None),
        }
    }

    /// What stands in `((…))`. The parser takes `( ( rm x ) )` for that, which is a command in two
    /// subshells, and so is `((rm x))` to a shell without arithmetic.
    fn arithmetic(&mut self, text: &str) {
        self.evaluated(text);
        let is_of_numbers = |c: char| c.is_ascii_digit() || " \t\n+-*%<>=!&|^?:,()".contains(c);
        if !text.chars().all(is_of_numbers) {
            self.script(text);
        }
    }

    fn test(&mut self, test: &ExtendedTestExpr) {
        match test {
            ExtendedTestExpr::And(left, right) | ExtendedTestExpr::Or(left, right) => {
                self.test(left);
                self.test(right);
            }
            ExtendedTestExpr::Not(inner) | ExtendedTestExpr::Parenthesized(inner) => {
                self.test(inner);
            }
            ExtendedTestExpr::UnaryTest(_, word) => self.evaluated(&word.value),
            ExtendedTestExpr::BinaryTest(how, left, right) => {
                self.evaluated(&left.value);
                self.evaluated(&right.value);
                // The value of a variable is evaluated as well, and may be `a[$(rm x)]`.
                let is_number = |word: &ast::Word| {
                    let text = word.value.trim_matches('"');
                    matches!(text, "$?" | "$#") || text.bytes().all(|b| b.is_ascii_digit())
                };
                if is_arithmetic(how) && !(is_number(left) && is_number(right)) {
                    self.doubt("the shell evaluates a variable");
                }
            }
        }
    }

    /// A word that arithmetic may evaluate: quotes around `a[$(rm x)]` do not help.
    fn evaluated(&mut self, raw: &str) {
        self.is_ansi |= raw.contains("$'");
        let found = {
            let (variables, bytes_left) = (&self.variables, &mut self.bytes_left);
            decode_text(raw, variables, &mut |text| parses(text, bytes_left))
        };
        if !found.scripts.is_empty() {
            self.doubt("the shell evaluates a word once more");
        }
        self.scripts_of(&found);
    }

    fn simple(&mut self, simple: &SimpleCommand, mut input: Option<String>) {
        self.opened = None;
        let mut words = Vec::new();
        let mut why = None;
        let before = simple.prefix.iter().flat_map(|prefix| &prefix.0);
        let after = simple.suffix.iter().flat_map(|suffix| &suffix.0);
        for item in before {
            if let Some(doubt) = self.item(item, true, &mut words, &mut input) {
                why = Some(doubt);
            }
        }
        if let Some(program) = &simple.word_or_name {
            if program.value.starts_with("!(") {
                // A negated subshell, but to a shell that takes it for a pattern.
                self.script(&program.value[1..]);
            }
            let program = self.word(&program.value);
            words.push(program);
        }
        for item in after {
            self.item(item, false, &mut words, &mut input);
        }
        if why.is_some() {
            self.doubt("a variable is set that decides what runs");
        }
        if !words.is_empty() {
            let said = said::by(&words, input.as_deref());
            self.keep(&words, said.as_deref());
            self.run(words, input.as_deref(), why);
            self.said = said;
        }
    }

    /// Anything but the program in a simple command.
    fn item(
        &mut self,
        item: &Item,
        is_prefix: bool,
        words: &mut Vec<Word>,
        input: &mut Option<String>,
    ) -> Option<&'static str> {
        match item {
            Item::IoRedirect(redirect) => {
                if let Some(text) = self.redirect(redirect) {
                    *input = Some(text);
                }
            }
            Item::Word(word) => {
                let word = self.word(&word.value);
                words.push(word);
            }
            Item::AssignmentWord(assignment, word) => {
                let decoded = self.word(&word.value);
                let mut elements = Vec::new();
                if let AssignmentValue::Array(values) = &assignment.value {
                    for (_, value) in values {
                        elements.push(self.word(&value.value).guess);
                    }
                }
                if decoded.scripts.is_empty() && decoded.text.contains(['`', '$']) {
                    self.value_is_evaluated(&decoded.text);
                }
                let name = variables::assigned(&word.value);
                if let (Some(name), Some((_, value))) = (name, decoded.guess.split_once('=')) {
                    let value = if elements.is_empty() {
                        value.to_owned()
                    } else {
                        elements.join(" ")
                    };
                    self.variables.set(name, &value);
                }
                if !is_prefix {
                    words.push(decoded);
                } else if name.is_none_or(variables::is_dangerous) {
                    let value = decoded
                        .text
                        .split_once('=')
                        .map(|(_, value)| value.to_owned());
                    self.deciding.extend(value);
                    return Some("a variable is set that decides what runs");
                }
            }
            Item::ProcessSubstitution(_, subshell) => {
                self.said = None;
                self.list(&subshell.list);
                if let Some(said) = self.said.take() {
                    *input = Some(said);
                }
                words.push(Word::computed("/dev/fd/…"));
            }
        }
        None
    }

    /// `a='b[$(rm x)]'`: arithmetic evaluates it, wherever the variable is used.
    fn value_is_evaluated(&mut self, value: &str) {
        if value.contains('`') || value.contains("$(") || value.contains("${") {
            self.doubt("a value of a variable may be evaluated");
            self.evaluated(value);
        }
    }

    fn redirects(&mut self, redirects: Option<&RedirectList>) {
        for redirect in redirects.iter().flat_map(|list| &list.0) {
            self.redirect(redirect);
        }
    }

    /// Takes in a redirection, and returns the input that stands in the line.
    fn redirect(&mut self, redirect: &IoRedirect) -> Option<String> {
        match redirect {
            IoRedirect::File(_, kind, target) => {
                let (word, direction) = match (kind, target) {
                    (_, IoFileRedirectTarget::ProcessSubstitution(_, subshell)) => {
                        self.list(&subshell.list);
                        return None;
                    }
                    (_, IoFileRedirectTarget::Fd(_)) => return None,
                    (IoFileRedirectKind::Read, IoFileRedirectTarget::Filename(word)) => {
                        (word, Redirect::Read)
                    }
                    (_, IoFileRedirectTarget::Filename(word)) => (word, Redirect::Write),
                    (_, IoFileRedirectTarget::Duplicate(word)) => {
                        let text = word.value.trim_end_matches('-');
                        if text.bytes().all(|b| b.is_ascii_digit()) {
                            return None;
                        }
                        (word, Redirect::Write)
                    }
                };
                self.open(direction, &word.value);
                None
            }
            IoRedirect::OutputAndError(word, _) => {
                self.open(Redirect::Write, &word.value);
                None
            }
            IoRedirect::HereDocument(_, document) => {
                if !is_plain_delimiter(&document.here_end.value) {
                    // Shells do not agree on where it ends.
                    self.rough(&document.doc.value, UNREADABLE);
                }
                if document.requires_expansion {
                    let found = {
                        let (variables, bytes_left) = (&self.variables, &mut self.bytes_left);
                        decode_text(&document.doc.value, variables, &mut |text| {
                            parses(text, bytes_left)
                        })
                    };
                    self.scripts_of(&found);
                }
                Some(document.doc.value.clone())
            }
            IoRedirect::HereString(_, word) => Some(self.word(&word.value).text),
        }
    }

    fn open(&mut self, redirect: Redirect, raw: &str) {
        let word = self.word(raw);
        let is_own = matches!(
            word.text.as_str(),
            "/dev/null" | "/dev/stdout" | "/dev/stderr" | "/dev/stdin"
        );
        if !is_own {
            if redirect == Redirect::Write {
                self.opened = Some(base(&word.text).to_owned());
            }
            self.push(Command::redirection(redirect, word));
        }
    }

    fn word(&mut self, raw: &str) -> Word {
        let word = {
            let (variables, bytes_left) = (&self.variables, &mut self.bytes_left);
            decode(raw, variables, &mut |text| parses(text, bytes_left))
        };
        self.scripts_of(&word);
        self.is_ansi |= word.is_ansi;
        word
    }

    /// The commands that compute a word.
    fn scripts_of(&mut self, word: &Word) {
        for script in &word.scripts {
            self.script(script);
        }
        if word.is_unreadable {
            self.rough(&word.text, UNREADABLE);
        }
    }

    /// Takes in a program, and what it runs itself.
    fn run(&mut self, words: Vec<Word>, input: Option<&str>, why: Option<&'static str>) {
        if let Some(doubt) = doubt::of_line(&words) {
            self.doubt(doubt);
        }
        let inner = wrapper::inner(&words, input);
        let unknown = inner.iter().find_map(|inner| match inner {
            Inner::Unknown(why) => Some(*why),
            _ => None,
        });
        let launched = launch::doubt(&words);
        let told = launched.is_some();
        let evaluates = doubt::of_command(&words);
        if evaluates.is_some() {
            // What is computed was read already.
            for word in words[1..].iter().filter(|word| word.scripts.is_empty()) {
                self.evaluated(&word.text);
            }
        }
        let why = why.or(unknown).or(evaluates).or(launched);
        let mut command = Command::new(words, why);
        for inner in &inner {
            if let Inner::Guess(words) = inner {
                command.may_also_run(guess::commands(words));
            }
        }
        let told = said::told(&command.words, input, told || unknown.is_some());
        let told = told.into_iter().take_while(|text| self.affords(text));
        let told: Vec<Command> = told.flat_map(guess::in_text).collect();
        command.may_also_run(told);
        for value in std::mem::take(&mut self.deciding) {
            if self.affords(&value) {
                command.may_also_run(rough::pieces(&value, UNREADABLE));
            }
        }
        self.run_by_shell(&mut command);
        command.may_run.truncate(self.room);
        self.room -= command.may_run.len();
        if self.room == 0 || self.texts_left == 0 {
            self.doubt(TOO_DEEP);
        }
        self.copied(&mut command);
        self.learnt(&command, input);
        self.directory(&command);
        self.push(command);
        if self.depth >= DEPTH_MAX {
            self.doubt(TOO_DEEP);
            return;
        }
        self.depth += 1;
        for inner in inner {
            match inner {
                Inner::Argv(words) if !words.is_empty() => self.run(words, input, None),
                Inner::Script(text) => self.script(&text),
                Inner::Directory(target) => self.go(&target),
                Inner::Argv(_) | Inner::Unknown(_) | Inner::Guess(_) => {}
            }
        }
        self.depth -= 1;
    }

    /// `echo 'rm x' > file`, `tee file <<< 'rm x'`
    fn keep(&mut self, words: &[Word], said: Option<&str>) {
        const FILES_MAX: usize = 16;
        let is_tee = base(&words[0].text) == "tee";
        let operand = words[1..].iter().find(|word| !word.text.starts_with('-'));
        let operand = operand
            .filter(|_| is_tee)
            .map(|word| base(&word.text).to_owned());
        if let (Some(file), Some(said)) = (self.opened.take().or(operand), said)
            && self.written.len() < FILES_MAX
        {
            self.written.push((file, said.to_owned()));
        }
    }

    /// What a shell may be given to run: by computed words, and by files that the line has made.
    fn run_by_shell(&mut self, command: &mut Command) {
        let program = command.program();
        let is_shell = wrapper::is_shell(program) || matches!(program, "eval" | "." | "source");
        let mut texts = Vec::new();
        for (at, word) in command.words.iter().enumerate() {
            if is_shell && word.guess != word.text && self.affords(&word.guess) {
                texts.push(word.guess.clone());
            }
            if is_shell || at == 0 && word.text.contains('/') {
                let name = base(&word.text);
                for (file, text) in &self.written {
                    if file == name && afford(&mut self.texts_left, text) {
                        texts.push(text.clone());
                    }
                }
            }
        }
        for text in texts {
            command.may_also_run(rough::pieces(&text, UNREADABLE));
        }
    }

    /// Whether there is time to look through a text as well; where there is none, who knows.
    fn affords(&mut self, text: &str) -> bool {
        let affords = afford(&mut self.texts_left, text);
        if !affords {
            self.doubt(TOO_DEEP);
        }
        affords
    }

    /// `cp /bin/rm ls; ./ls x`
    fn copied(&mut self, command: &mut Command) {
        const COPIES_MAX: usize = 16;
        let program = command.program();
        let arguments = command.argv()[1..].join(" ");
        let sources: Vec<String> = self
            .copies
            .iter()
            .filter(|(copy, _)| copy == program)
            .map(|(_, source)| format!("{source} {arguments}"))
            .collect();
        if matches!(program, "cp" | "ln" | "mv" | "install") && self.copies.len() < COPIES_MAX {
            let is_operand = |word: &&Word| !word.text.starts_with('-');
            let mut names = command.words[1..].iter().filter(is_operand);
            if let (Some(source), Some(copy)) = (names.next(), names.next_back()) {
                let name = |word: &Word| base(&word.text).to_owned();
                self.copies.push((name(copy), name(source)));
            }
        }
        command.guesses.extend(sources);
    }

    /// What a builtin puts into variables: `read x <<< rm`, `printf -v x rm`, `set -- rm`.
    fn learnt(&mut self, command: &Command, input: Option<&str>) {
        let arguments: Vec<&str> = command.words[1..]
            .iter()
            .map(|word| word.guess.as_str())
            .collect();
        match (command.program(), arguments.as_slice(), input) {
            ("read" | "mapfile" | "readarray", names, Some(input)) => {
                let names: Vec<_> = names
                    .iter()
                    .filter(|name| variables::is_name(name))
                    .collect();
                let mut words = input.split_whitespace();
                for (at, name) in names.iter().enumerate() {
                    let is_last = at + 1 == names.len();
                    let value = if is_last {
                        words.by_ref().collect::<Vec<_>>().join(" ")
                    } else {
                        words.next().unwrap_or_default().to_owned()
                    };
                    self.variables.set(name, &value);
                }
            }
            ("printf", ["-v", name, values @ ..], _) => self.variables.set(name, &values.join(" ")),
            ("set", [first, ..], _) if *first == "--" || !first.starts_with('-') => {
                let values = &arguments[usize::from(*first == "--")..];
                self.variables.set("@", &values.join(" "));
                for (at, value) in values.iter().enumerate().take(9) {
                    self.variables.set(&(at + 1).to_string(), value);
                }
            }
            _ => {}
        }
    }

    /// Where the line goes.
    fn directory(&mut self, command: &Command) {
        if !matches!(
            command.program(),
            "cd" | "pushd" | "popd" | "chdir" | "z" | "j"
        ) {
            return;
        }
        let is_target = |word: &&Word| !matches!(word.text.as_str(), "-P" | "-L" | "-e" | "--");
        let mut targets = command.words[1..].iter().filter(is_target);
        match (targets.next(), targets.next()) {
            (Some(target), None)
                if target.path.is_some() && target.text != "-" && !target.text.starts_with('+') =>
            {
                self.go(target);
            }
            (None, None) if command.program() == "cd" => {
                let mut home = Word::literal("~");
                home.path = Some(super::HOME.to_string());
                self.go(&home);
            }
            _ => self.directory_is_known = false,
        }
    }

    /// What follows is seen from here as well.
    fn go(&mut self, target: &Word) {
        let path = target.path.as_deref();
        let is_whole = path.is_some_and(|path| path.starts_with(['/', super::HOME]));
        if is_whole
            && self
                .directories
                .iter()
                .any(|known| known.path.as_deref() == path)
        {
            return;
        }
        let more = if is_whole { 1 } else { self.places };
        self.places = self.places.saturating_add(more);
        if path.is_none() || self.places > PLACES_MAX {
            self.directory_is_known = false;
        } else {
            self.directories.push(target.clone());
        }
    }
}

fn is_arithmetic(how: &ast::BinaryPredicate) -> bool {
    use ast::BinaryPredicate as How;
    matches!(
        how,
        How::ArithmeticEqualTo
            | How::ArithmeticNotEqualTo
            | How::ArithmeticLessThan
            | How::ArithmeticLessThanOrEqualTo
            | How::ArithmeticGreaterThan
            | How::ArithmeticGreaterThanOrEqualTo
    )
}

/// Takes a text's length from what is left; nothing is left where it is not enough.
fn afford(left: &mut usize, text: &str) -> bool {
    let rest = left.checked_sub(text.len());
    *left = rest.unwrap_or(0);
    rest.is_some()
}

/// Whether a text is a whole script, as far as there is time to look.
fn parses(text: &str, bytes_left: &mut usize) -> bool {
    if text.len() >= *bytes_left {
        return false;
    }
    *bytes_left -= text.len() + 1;
    grammar::parse(text).is_some()
}

/// `E`, `'E'`, `"E"` and `\E`
fn is_plain_delimiter(written: &str) -> bool {
    let quoted = |quote| written.strip_prefix(quote)?.strip_suffix(quote);
    let name = quoted('\'')
        .or_else(|| quoted('"'))
        .or_else(|| written.strip_prefix('\\'));
    let name = name.unwrap_or(written);
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
}
