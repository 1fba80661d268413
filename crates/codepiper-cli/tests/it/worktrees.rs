//! Git worktrees of sessions: where they are made, and that nobody's work is lost with one.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::TestHome;

/// Runs git as the person does, and returns what it says.
#[track_caller]
pub(crate) fn git(home: &TestHome, dir: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(args).current_dir(dir).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap());
    for who in ["GIT_AUTHOR", "GIT_COMMITTER"] {
        command.env(format!("{who}_NAME"), "A");
        command.env(format!("{who}_EMAIL"), "a@b.c");
    }
    let output = command.env("HOME", home.dir.path()).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?}: {words}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

pub(crate) fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// A home where git knows who works.
pub(crate) fn home() -> TestHome {
    let home = TestHome::new();
    let config = "[user]\nname = A\nemail = a@b.c\n[init]\ndefaultBranch = main\n\
                  [protocol \"file\"]\nallow = always\n";
    write(&home.path(".gitconfig"), config);
    home
}

/// A repository with one commit of `src/deep/a`.
pub(crate) fn repository(home: &TestHome, name: &str) -> PathBuf {
    let dir = home.path(name);
    write(&dir.join("src/deep/a"), "a\n");
    write(&dir.join(".gitignore"), "*.local\nbuilt/\n");
    git(home, &dir, &["init", "-q", "-b", "main"]);
    git(home, &dir, &["add", "."]);
    git(home, &dir, &["commit", "-q", "-m", "first"]);
    dir.canonicalize().unwrap()
}

/// Asks for a session in a worktree.
fn ask(home: &TestHome, cwd: &Path, worktree: &Value) -> (u16, Value) {
    let body = json!({ "provider": "demo", "cwd": cwd, "worktree": worktree });
    let (status, text) = home.http("POST", "/sessions", body.to_string().as_bytes());
    (status, serde_json::from_str(&text).unwrap())
}

/// A session in a worktree, once its agent is ready.
#[track_caller]
fn started(home: &TestHome, cwd: &Path, worktree: &Value) -> Value {
    let (status, answer) = ask(home, cwd, worktree);
    assert_eq!(status, 201, "{answer}");
    let session = answer["session"].clone();
    let id = session["id"].as_str().unwrap();
    home.run(&["wait", id, "--timeout", "30"]).ok();
    session
}

#[track_caller]
pub(crate) fn worktrees(home: &TestHome) -> Vec<Value> {
    let answer = home.call("GET", "/worktrees", &Value::Null);
    answer["worktrees"].as_array().unwrap().clone()
}

#[test]
fn worktrees_go_where_the_setting_says_and_never_into_the_repository() {
    let home = home();
    let repo = repository(&home, "shop");
    home.run(&["settings", "set", "worktreePlace", "~/trees"])
        .ok();
    let session = started(&home, &repo, &json!({ "branch": "fix/cart" }));
    let place = home
        .dir
        .path()
        .canonicalize()
        .unwrap()
        .join("trees/shop-worktrees");
    assert_eq!(session["cwd"], json!(place.join("fix-cart")));
    let inside = repo.join("trees").display().to_string();
    home.run(&["settings", "set", "worktreePlace", &inside])
        .ok();
    let (status, answer) = ask(&home, &repo, &json!({ "branch": "other" }));
    assert_eq!(status, 409, "{answer}");
    assert!(
        answer["error"]
            .as_str()
            .unwrap()
            .contains("`worktreePlace`"),
        "{answer}"
    );
    assert!(!repo.join("trees").exists());
    home.run(&["settings", "unset", "worktreePlace"]).ok();
    let session = started(&home, &repo, &json!({ "branch": "third" }));
    assert_eq!(
        session["cwd"],
        json!(repo.with_file_name("shop-worktrees").join("third"))
    );
}

#[test]
fn a_session_works_beside_the_repository_with_the_ignored_files_that_it_needs() {
    let home = home();
    let repo = repository(&home, "my repo");
    write(&repo.join(".env.local"), "SECRET=1");
    write(&repo.join("built/huge"), "not asked for");
    write(&repo.join("src/new.local"), "x");
    write(&home.path("outside"), "not of the repository");
    std::os::unix::fs::symlink(home.path("outside"), repo.join("link.local")).unwrap();
    write(&repo.join(".worktreeinclude"), "*.local\n");
    let work = repo.join("src/deep");
    let dir = work.display().to_string();
    let args = [
        "start",
        "-p",
        "demo",
        "-d",
        &dir,
        "--name",
        "Émile's fix",
        "--worktree",
        "--json",
    ];
    let session = home.run(&args).ok().json()["session"].clone();
    let place = repo.with_file_name("my repo-worktrees");
    let path = place.join("codepiper-émile-s-fix");
    assert_eq!(session["cwd"], json!(path.join("src/deep")));
    let made = json!({
        "repoRoot": repo,
        "worktreePath": path,
        "branch": "codepiper/émile-s-fix",
        "createdBranch": true,
        "originalCwd": work,
        "base": "main",
    });
    assert_eq!(session["metadata"]["worktree"], made);
    let read = |name: &str| std::fs::read_to_string(path.join(name)).ok();
    assert_eq!(read(".env.local").as_deref(), Some("SECRET=1"));
    assert_eq!(read("src/new.local").as_deref(), Some("x"));
    assert_eq!(read("built/huge"), None);
    assert!(path.join("link.local").symlink_metadata().is_err());
    let shown = home.session(session["id"].as_str().unwrap());
    assert_eq!(shown["branch"], "codepiper/émile-s-fix");

    // From inside of it, another one stands beside the first, and the branch may be one that is there.
    git(&home, &repo, &["branch", "fix/login"]);
    let second = started(&home, &path, &json!({ "branch": "fix/login" }));
    assert_eq!(second["cwd"], json!(place.join("fix-login")));
    assert_eq!(second["metadata"]["worktree"]["createdBranch"], false);
    let listed = worktrees(&home);
    assert_eq!(listed.len(), 2, "{listed:#?}");
    assert_eq!(listed[1]["path"], json!(path));
    assert_eq!(listed[1]["inUse"], true);
    assert_eq!(listed[1]["untracked"], 0);
    assert_eq!(listed[1]["sessionIds"], json!([session["id"]]));
    let table = home.run(&["worktree", "list"]).ok().stdout;
    assert!(table.contains("in use"), "{table}");
}

#[test]
fn it_is_told_before_whether_a_session_or_its_worktree_could_be() {
    let home = home();
    let repo = repository(&home, "shop");
    let look = |cwd: &Path| home.call("POST", "/sessions/validate", &json!({ "cwd": cwd }));
    let found = look(&repo);
    assert_eq!(
        (&found["valid"], &found["isGitRepo"]),
        (&json!(true), &json!(true))
    );
    let info = json!({ "repoRoot": repo, "currentBranch": "main",
        "hasUncommittedChanges": false, "branches": ["main"] });
    assert_eq!(found["gitInfo"], info);
    assert_eq!(look(Path::new(&home.work()))["isGitRepo"], false);
    let gone = look(&home.path("nowhere"));
    assert_eq!(
        (&gone["valid"], &gone["directoryExists"]),
        (&json!(false), &json!(false))
    );
    assert!(
        gone["errors"][0]
            .as_str()
            .unwrap()
            .contains("does not exist"),
        "{gone}"
    );

    write(&repo.join("new"), "in no commit");
    started(&home, &repo, &json!({ "branch": "fix/cart" }));
    for (branch, is_made, valid, words) in [
        ("fix/other", true, true, ""),
        ("fix/other", false, false, "there is no branch `fix/other`"),
        (
            "fix/cart",
            true,
            false,
            "there is a branch `fix/cart` already",
        ),
        ("fix/cart", false, false, "is on branch `fix/cart`"),
        ("../x", true, false, "`../x` is no name of a branch"),
        ("-x", true, false, "`-x` is no name of a branch"),
    ] {
        let asked = json!({ "cwd": repo, "branch": branch, "createBranch": is_made });
        let check = home.call("POST", "/sessions/validate-git", &asked);
        assert_eq!(check["valid"], valid, "{branch}: {check}");
        assert!(
            check["errors"].to_string().contains(words),
            "{branch}: {check}"
        );
        assert_eq!(check["uncommittedChanges"], true);
    }
}

#[test]
fn odd_repositories_get_worktrees_or_gits_own_words() {
    let home = home();
    let plain = repository(&home, "plain");
    write(&plain.join("b"), "b\n");
    git(&home, &plain, &["add", "."]);
    git(&home, &plain, &["commit", "-q", "-m", "second"]);
    let at = |name: &str| home.path(name).display().to_string();
    git(
        &home,
        &plain,
        &["clone", "-q", "--bare", ".", &at("bare.git")],
    );
    let url = format!("file://{}", plain.display());
    git(
        &home,
        &plain,
        &["clone", "-q", "--depth", "1", &url, &at("shallow")],
    );
    let outer = repository(&home, "outer");
    git(
        &home,
        &outer,
        &["submodule", "--quiet", "add", &url, "libs/sub"],
    );
    git(&home, &outer, &["commit", "-q", "-m", "sub"]);
    std::fs::create_dir(home.path("unborn")).unwrap();
    git(&home, &home.path("unborn"), &["init", "-q"]);
    let detached = repository(&home, "Ünïcödé repo");
    git(&home, &detached, &["checkout", "-q", "--detach"]);
    for (dir, place, base) in [
        ("bare.git", "bare-worktrees", json!("main")),
        ("shallow", "shallow-worktrees", json!("main")),
        ("outer/libs/sub", "sub-worktrees", json!("main")),
        ("unborn", "unborn-worktrees", json!("main")),
        ("Ünïcödé repo", "Ünïcödé repo-worktrees", Value::Null),
    ] {
        let cwd = home.path(dir).canonicalize().unwrap();
        let session = started(&home, &cwd, &json!({ "branch": "a/ß" }));
        let place = home.dir.path().canonicalize().unwrap().join(place);
        assert_eq!(session["cwd"], json!(place.join("a-ß")), "{dir}");
        assert_eq!(session["metadata"]["worktree"]["base"], base, "{dir}");
        let branch = git(
            &home,
            &place.join("a-ß"),
            &["symbolic-ref", "--short", "HEAD"],
        );
        assert_eq!(branch, "a/ß", "{dir}");
    }
    for worktree in worktrees(&home) {
        let why = json!([format!(
            "session `{}` is in it",
            worktree["sessionIds"][0].as_str().unwrap()
        )]);
        assert_eq!(worktree["keptBecause"], why, "{worktree:#}");
    }
}

#[test]
fn what_git_refuses_is_told_in_its_words_and_leaves_nothing() {
    let home = home();
    let repo = repository(&home, "repo");
    git(&home, &repo, &["branch", "taken"]);
    let work = home.path("work").canonicalize().unwrap();
    for (cwd, worktree, status, words) in [
        (&work, json!({}), 409, "not a git repository"),
        (&repo, json!({ "branch": "main" }), 409, "already"),
        (
            &repo,
            json!({ "branch": "taken", "createBranch": true }),
            409,
            "already exists",
        ),
        (
            &repo,
            json!({ "branch": "no", "createBranch": false }),
            409,
            "invalid reference: no",
        ),
        (
            &repo,
            json!({ "branch": "x", "startPoint": "nowhere" }),
            409,
            "invalid reference: nowhere",
        ),
        (
            &repo,
            json!({ "branch": "a b" }),
            400,
            "`a b` is no name of a branch",
        ),
        (
            &repo,
            json!({ "branch": "--force" }),
            400,
            "worktree.branch",
        ),
        (
            &repo,
            json!({ "startPoint": "--detach" }),
            400,
            "worktree.startPoint",
        ),
        (&repo, json!({ "branches": "x" }), 400, "branches"),
    ] {
        let (got, answer) = ask(&home, cwd, &worktree);
        assert_eq!(got, status, "{worktree}: {answer}");
        assert!(
            answer["error"].as_str().unwrap().contains(words),
            "{worktree}: {answer}"
        );
    }
    // A session that cannot be made takes its worktree with it.
    let body = json!({ "provider": "codex", "cwd": repo, "worktree": {}, "envSetIds": ["none"] });
    let (status, answer) = home.http("POST", "/sessions", body.to_string().as_bytes());
    assert_eq!(status, 404, "{answer}");
    assert_eq!(worktrees(&home), Vec::<Value>::new());
    assert_eq!(
        git(&home, &repo, &["branch", "--format=%(refname:short)"]),
        "main\ntaken"
    );
    assert!(!repo.with_file_name("repo-worktrees").exists());
    let sessions = home.call("GET", "/sessions", &Value::Null);
    assert_eq!(sessions["sessions"], json!([]));
}

/// Asks for a worktree to be finished.
fn finish(home: &TestHome, path: &Path, how: &Value) -> (u16, Value) {
    let mut body = how.clone();
    body["path"] = json!(path);
    let (status, text) = home.http("POST", "/worktrees/finish", body.to_string().as_bytes());
    (status, serde_json::from_str(&text).unwrap())
}

#[test]
fn no_work_is_lost_with_a_session_or_without_saying_so() {
    let home = home();
    let repo = repository(&home, "repo");
    for mix in 1..8 {
        let branch = format!("mix-{mix}");
        let made = started(&home, &repo, &json!({ "branch": branch }));
        let path = PathBuf::from(made["cwd"].as_str().unwrap());
        let mut mine: Vec<(&str, &str)> = Vec::new();
        let mut why: Vec<&str> = Vec::new();
        if mix & 4 != 0 {
            write(&path.join("unmerged"), "u");
            git(&home, &path, &["add", "."]);
            git(&home, &path, &["commit", "-q", "-m", "mine"]);
            mine.push(("unmerged", "u"));
            why.push("1 commit neither in `main`");
        }
        if mix & 1 != 0 {
            write(&path.join("src/deep/a"), "changed");
            mine.push(("src/deep/a", "changed"));
            why.push("1 file with changes");
        }
        if mix & 2 != 0 {
            write(&path.join("fresh"), "n");
            mine.push(("fresh", "n"));
            why.push("1 file that git does not know");
        }
        let is_whole = |after: &str| {
            for (name, text) in &mine {
                let now = std::fs::read_to_string(path.join(name)).unwrap_or_default();
                assert_eq!(now, *text, "{name} of {mix} after {after}");
            }
        };
        let mut id = made["id"].as_str().unwrap().to_owned();
        let dir = path.display().to_string();
        for (end, after) in [
            ("stop", ["delete", "--yes"].as_slice()),
            ("kill", &["delete", "--yes"]),
            ("stop", &["prune", "--yes"]),
            ("kill", &["prune", "--yes"]),
        ] {
            home.run(&[end, &id]).ok();
            is_whole(end);
            let mut args = after.to_vec();
            if after[0] == "delete" {
                args.push(&id);
            }
            home.run(&args).ok();
            is_whole(after[0]);
            let next = ["start", "-p", "demo", "-d", &dir, "--json"];
            let next = home.run(&next).ok().json();
            id = next["session"]["id"].as_str().unwrap().to_owned();
            home.run(&["wait", &id, "--timeout", "30"]).ok();
        }
        let (status, answer) = finish(&home, &path, &json!({ "force": true }));
        assert_eq!(
            (status, &answer["code"]),
            (409, &json!("worktree_in_use")),
            "{answer}"
        );
        home.run(&["kill", &id]).ok();
        home.run(&["worktree", "prune", "--yes"]).ok();
        is_whole("worktree prune");
        let (status, answer) = finish(&home, &path, &json!({ "deleteBranch": true }));
        assert_eq!(
            (status, &answer["code"]),
            (409, &json!("worktree_kept")),
            "{answer}"
        );
        for why in why {
            assert!(
                answer["error"].as_str().unwrap().contains(why),
                "{why}: {answer}"
            );
        }
        is_whole("worktree finish");
        home.run(&["worktree", "finish", &branch, "--force", "--yes"])
            .ok();
        assert!(!path.exists());
        let left = git(&home, &repo, &["branch", "--list", &branch]);
        assert_eq!(left.is_empty(), mix & 4 == 0, "commits stay: {left}");
    }
    assert_eq!(worktrees(&home), Vec::<Value>::new());
}

#[test]
fn what_is_done_is_merged_and_goes_with_its_branch() {
    let home = home();
    let repo = repository(&home, "repo");
    let ended = |branch: &str| {
        let session = started(&home, &repo, &json!({ "branch": branch }));
        home.run(&["stop", session["id"].as_str().unwrap()]).ok();
        let path = PathBuf::from(session["cwd"].as_str().unwrap());
        write(&path.join("src/deep/a"), branch);
        write(&path.join("x.local"), "ignored");
        git(&home, &path, &["commit", "-q", "-a", "-m", branch]);
        path
    };
    let (one, two) = (ended("one"), ended("two"));
    write(&repo.join("src/deep/a"), "in the way");
    let (status, answer) = finish(&home, &one, &json!({ "merge": true }));
    assert_eq!(status, 409, "{answer}");
    assert!(
        answer["error"].as_str().unwrap().contains("in no commit"),
        "{answer}"
    );
    git(&home, &repo, &["checkout", "-q", "--", "."]);
    let done = home
        .run(&["worktree", "finish", "one", "--merge"])
        .ok()
        .stdout;
    assert!(done.contains("branch one merged, deleted"), "{done}");
    assert!(!one.exists());
    let now = std::fs::read_to_string(repo.join("src/deep/a")).unwrap();
    assert_eq!(now, "one");

    // What contradicts itself is left to a person, and nothing is half merged.
    let (status, answer) = finish(&home, &two, &json!({ "merge": true }));
    assert_eq!(status, 409, "{answer}");
    assert!(
        answer["error"]
            .as_str()
            .unwrap()
            .contains("CONFLICT (content)"),
        "{answer}"
    );
    assert_eq!(git(&home, &repo, &["status", "--porcelain"]), "");
    git(&home, &two, &["rebase", "-q", "-X", "theirs", "main"]);
    let dry = home.call("POST", "/worktrees/prune", &json!({ "dryRun": true }));
    assert_eq!(dry["worktrees"][0]["removed"], false, "{dry}");
    git(&home, &repo, &["merge", "-q", "two"]);
    git(&home, &repo, &["worktree", "lock", two.to_str().unwrap()]);
    let all = json!({ "force": true });
    let locked = home.call("POST", "/worktrees/prune", &all);
    assert_eq!(locked["worktrees"][0]["removed"], false, "{locked}");
    git(&home, &repo, &["worktree", "unlock", two.to_str().unwrap()]);
    let pruned = home.call("POST", "/worktrees/prune", &json!({}));
    assert_eq!(pruned["worktrees"][0]["branchDeleted"], true, "{pruned}");
    assert!(!two.exists());
    assert_eq!(
        git(&home, &repo, &["branch", "--format=%(refname:short)"]),
        "main"
    );

    // A person removed one by hand; a session that was in it says so, and its row goes.
    let three = started(&home, &repo, &json!({ "branch": "three" }));
    let id = three["id"].as_str().unwrap();
    home.run(&["stop", id]).ok();
    std::fs::remove_dir_all(three["cwd"].as_str().unwrap()).unwrap();
    let refused = home.run(&["resume", id]);
    assert_eq!(refused.code, 5);
    assert!(refused.stderr.contains("is gone"), "{}", refused.stderr);
    assert_eq!(worktrees(&home)[0]["missing"], true);
    home.run(&["worktree", "prune", "--yes"]).ok();
    assert_eq!(worktrees(&home), Vec::<Value>::new());
    // What a daemon that was killed had only begun is cleared up, too.
    let four = started(&home, &repo, &json!({ "branch": "four" }));
    home.run(&["stop", four["id"].as_str().unwrap()]).ok();
    let path = PathBuf::from(four["cwd"].as_str().unwrap());
    git(
        &home,
        &repo,
        &["worktree", "remove", path.to_str().unwrap()],
    );
    std::fs::create_dir_all(&path).unwrap();
    home.run(&["worktree", "prune", "--yes"]).ok();
    assert!(!path.exists());
    assert_eq!(worktrees(&home), Vec::<Value>::new());
    let (status, answer) = finish(&home, &two, &json!({}));
    assert_eq!(status, 404, "{answer}");
}
