//! Requests that make no sense. Each is refused in words that help, and none leaves a trace.

use std::collections::BTreeMap;
use std::fs::Permissions;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::TestHome;

/// The longest that an answer may take.
const QUICK: Duration = Duration::from_secs(5);

/// The most bytes that a refusal may have, however long the request was.
const ANSWER_MAX: usize = 1500;

const MIB: usize = 1024 * 1024;

/// Values of variables, which no answer and no log may repeat.
const SECRETS: [&str; 2] = ["s3cr3t-value", "4711471147114711"];

/// `METHOD PATH [BODY] -> STATUS CODE [FIELD]`
///
/// `$ID` is a running session (`$UPPER`, `$SHORT` and `$BARE` are other ways to write it), `$ENDED`
/// one that has ended, `$NOBODY` none; `$DEMO` is what a request for a session has to hold at
/// least; `$DIR` is a directory with a file `file` and a link `loop` to itself; `<81>` is 81
/// letters.
const TABLE: &str = r#"
# Paths that do not exist
GET / -> 404 not_found
GET /nope -> 404 not_found
GET /session -> 404 not_found
GET /Sessions -> 404 not_found
GET /sessions/ -> 404 not_found
GET //sessions -> 404 not_found
GET /api/sessions -> 404 not_found
GET /health/ -> 404 not_found
PUT /settings/nope {} -> 405 method_not_allowed
GET /sessions/$ID/ -> 404 not_found
GET /sessions/$ID/nope -> 404 not_found
POST /sessions/$ID/send/ {"text":"hello"} -> 404 not_found
POST /sessions/$ID/send/now {"text":"hello"} -> 404 not_found
POST /sessions//send {"text":"hello"} -> 404 session_not_found
GET /sessions/../health -> 404 not_found
GET /%2e%2e/etc/passwd -> 404 not_found
GET /%ff -> 404 not_found
GET /<5000> -> 404 not_found
GET health -> 404 not_found
OPTIONS * -> 404 not_found
CONNECT host:80 -> 404 not_found

# Methods that a path does not take
POST /health {} -> 405 method_not_allowed
PUT /version {} -> 405 method_not_allowed
DELETE /providers -> 405 method_not_allowed
POST /events {} -> 405 method_not_allowed
PUT /sessions {$DEMO} -> 405 method_not_allowed
DELETE /sessions -> 405 method_not_allowed
POST /settings/daemon {} -> 405 method_not_allowed
GET /sessions/prune -> 405 method_not_allowed
PUT /sessions/$ID {} -> 405 method_not_allowed
PATCH /sessions/$ID {"name":"x"} -> 405 method_not_allowed
GET /sessions/$ID/send -> 405 method_not_allowed
GET /sessions/$ID/stop -> 405 method_not_allowed
GET /sessions/$ID/kill -> 405 method_not_allowed
POST /approvals {} -> 405 method_not_allowed
DELETE /approvals/$NOBODY -> 405 method_not_allowed
GET /approvals/$NOBODY/answer -> 405 method_not_allowed
PUT /policies {} -> 405 method_not_allowed
POST /policies/mine {} -> 405 method_not_allowed
POST /policy-decisions {} -> 405 method_not_allowed
DELETE /policy-decisions -> 405 method_not_allowed
GET /hooks/claude -> 405 method_not_allowed
GET /sessions/$ID/interrupt -> 405 method_not_allowed
GET /sessions/$ID/keys -> 405 method_not_allowed
POST /sessions/$ID/name {"name":"x"} -> 405 method_not_allowed
POST /sessions/$ID/output {} -> 405 method_not_allowed
POST /sessions/$ID/wait {} -> 405 method_not_allowed
OPTIONS /sessions -> 405 method_not_allowed
TRACE /health -> 405 method_not_allowed
BREW /health -> 405 method_not_allowed
get /health -> 405 method_not_allowed
<300> /health -> 405 method_not_allowed

# Ids of nobody, and what is no id
GET /sessions/$NOBODY -> 404 session_not_found
GET /sessions/$NOBODY/events -> 404 session_not_found
GET /sessions/$NOBODY/output -> 404 session_not_found
GET /sessions/$NOBODY/output?lines=5 -> 404 session_not_found
GET /sessions/$NOBODY/output/stream -> 404 session_not_found
GET /sessions/$NOBODY/processes -> 404 session_not_found
GET /sessions/$NOBODY/wait?until=idle -> 404 session_not_found
POST /sessions/$NOBODY/send {"text":"hello"} -> 404 session_not_found
POST /sessions/$NOBODY/keys {"keys":["enter"]} -> 404 session_not_found
POST /sessions/$NOBODY/resize {"cols":80,"rows":24} -> 404 session_not_found
POST /sessions/$NOBODY/stop -> 404 session_not_found
POST /sessions/$NOBODY/kill -> 404 session_not_found
POST /sessions/$NOBODY/interrupt -> 404 session_not_found
DELETE /sessions/$NOBODY -> 404 session_not_found
DELETE /sessions/$SHORT -> 404 session_not_found
PUT /sessions/$NOBODY/name {"name":"x"} -> 404 session_not_found
GET /sessions/0 -> 404 session_not_found
GET /sessions/null -> 404 session_not_found
GET /sessions/-1 -> 404 session_not_found
GET /sessions/$UPPER -> 404 session_not_found
POST /sessions/$UPPER/kill -> 404 session_not_found
GET /sessions/$SHORT -> 404 session_not_found
GET /sessions/$BARE -> 404 session_not_found
GET /sessions/%7B$ID%7D -> 404 session_not_found
GET /sessions/urn:uuid:$ID -> 404 session_not_found
GET /sessions/$ID%00 -> 404 session_not_found
GET /sessions/$ID%0A -> 404 session_not_found
GET /sessions/%20$ID -> 404 session_not_found
GET /sessions/%252d -> 404 session_not_found
GET /sessions/%ff%fe -> 404 session_not_found
GET /sessions/%zz -> 404 session_not_found
GET /sessions/..%2f..%2fetc%2fpasswd -> 404 session_not_found
GET /sessions/'%20OR%201=1 -> 404 session_not_found
GET /sessions/<37> -> 404 session_not_found
GET /sessions/<5000> -> 404 session_not_found
POST /sessions/<5000>/kill -> 404 session_not_found
GET /sessions/zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz -> 404 session_not_found

# What is no JSON, or no object
POST /sessions -> 400 invalid_request
POST /sessions    -> 400 invalid_request
POST /sessions { -> 400 invalid_request
POST /sessions {$DEMO -> 400 invalid_request
POST /sessions {$DEMO,"name":"half -> 400 invalid_request
POST /sessions {$DEMO,} -> 400 invalid_request
POST /sessions {$DEMO}} -> 400 invalid_request
POST /sessions {$DEMO} {$DEMO} -> 400 invalid_request
POST /sessions {$DEMO} trailing -> 400 invalid_request
POST /sessions {$DEMO,"args":["a",]} -> 400 invalid_request
POST /sessions {$DEMO,"args":["a" "b"]} -> 400 invalid_request
POST /sessions {$DEMO,"name":'single'} -> 400 invalid_request
POST /sessions {$DEMO,name:"bare"} -> 400 invalid_request
POST /sessions {$DEMO,"name":undefined} -> 400 invalid_request
POST /sessions {$DEMO,"cols":NaN} -> 400 invalid_request
POST /sessions {$DEMO,"cols":+80} -> 400 invalid_request
POST /sessions {$DEMO,"cols":080} -> 400 invalid_request
POST /sessions {$DEMO,"cols":0x50} -> 400 invalid_request
POST /sessions {$DEMO,"cols":1e999} -> 400 invalid_request
POST /sessions {$DEMO,"name":"\x41"} -> 400 invalid_request
POST /sessions {$DEMO,"name":"\u12"} -> 400 invalid_request
POST /sessions {$DEMO,"name":"\ud800"} -> 400 invalid_request
POST /sessions {$DEMO,"name":"\udc00\ud800"} -> 400 invalid_request
POST /sessions {$DEMO,"metadata":{"k":"\ud800"}} -> 400 invalid_request
POST /sessions /* comment */ {$DEMO} -> 400 invalid_request
POST /sessions provider=demo&cwd=/ -> 400 invalid_request
POST /sessions <session/> -> 400 invalid_request
POST /sessions null -> 400 invalid_request
POST /sessions true -> 400 invalid_request
POST /sessions 42 -> 400 invalid_request
POST /sessions "demo" -> 400 invalid_request
POST /sessions [] -> 400 invalid_request
POST /sessions ["demo","$DIR"] -> 400 invalid_request
POST /sessions [{$DEMO}] -> 400 invalid_request
POST /sessions/$ID/keys [["enter"]] -> 400 invalid_request
POST /sessions/$ID/resize [80,24] -> 400 invalid_request
PUT /sessions/$ID/name ["x"] -> 400 invalid_request
PUT /settings/daemon [true,true,"ctrl+a"] -> 400 invalid_request

# New sessions: fields that are missing, unknown or there twice
POST /sessions {} -> 400 invalid_request provider
POST /sessions {"cwd":"$DIR"} -> 400 invalid_request provider
POST /sessions {"provider":"demo"} -> 400 invalid_request cwd
POST /sessions {$DEMO,"billingmode":"api"} -> 400 invalid_request billingmode
POST /sessions {$DEMO,"billing_mode":"api"} -> 400 invalid_request billing_mode
POST /sessions {$DEMO,"Name":"x"} -> 400 invalid_request Name
POST /sessions {$DEMO,"dangerous":true} -> 400 invalid_request dangerous
POST /sessions {$DEMO,"id":"$NOBODY"} -> 400 invalid_request id
POST /sessions {$DEMO,"status":"RUNNING"} -> 400 invalid_request status
POST /sessions {$DEMO,"envSetIds":["x"]} -> 404 env_set_not_found
POST /sessions {$DEMO,"envSetIds":"x"} -> 400 invalid_request envSetIds
POST /sessions {$DEMO,"":1} -> 400 invalid_request ""
POST /sessions {$DEMO,"__proto__":{}} -> 400 invalid_request __proto__
POST /sessions {$DEMO,"session":{"name":"x"}} -> 400 invalid_request session
POST /sessions {$DEMO,"a`b":1} -> 400 invalid_request a`b
POST /sessions {$DEMO,"provider":"demo"} -> 400 invalid_request provider
POST /sessions {$DEMO,"name":"a","name":"b"} -> 400 invalid_request name
POST /sessions {$DEMO,"env":{"A":"1","A":"2"}} -> 400 invalid_request env.A

# New sessions: the agent and the directory
POST /sessions {"provider":1,"cwd":"$DIR"} -> 400 invalid_request provider
POST /sessions {"provider":null,"cwd":"$DIR"} -> 400 invalid_request provider
POST /sessions {"provider":["demo"],"cwd":"$DIR"} -> 400 invalid_request provider
POST /sessions {"provider":"","cwd":"$DIR"} -> 400 unknown_provider provider
POST /sessions {"provider":"Demo","cwd":"$DIR"} -> 400 unknown_provider provider
POST /sessions {"provider":"demo ","cwd":"$DIR"} -> 400 unknown_provider provider
POST /sessions {"provider":"no-such-agent","cwd":"$DIR"} -> 400 unknown_provider provider
POST /sessions {"provider":"<5000>","cwd":"$DIR"} -> 400 unknown_provider provider
POST /sessions {"provider":"claude-code","cwd":"$DIR","env":{"PATH":"/nowhere"}} -> 409 provider_not_installed
POST /sessions {"provider":"demo","cwd":1} -> 400 invalid_request cwd
POST /sessions {"provider":"demo","cwd":null} -> 400 invalid_request cwd
POST /sessions {"provider":"demo","cwd":"$DIR","policySetIds":"nope"} -> 400 invalid_request policySetIds
POST /sessions {"provider":"demo","cwd":"$DIR","policySetIds":["nope"]} -> 400 invalid_request policySetIds[0]
POST /sessions {"provider":"demo","cwd":["$DIR"]} -> 400 invalid_request cwd
POST /sessions {"provider":"demo","cwd":""} -> 400 invalid_request cwd
POST /sessions {"provider":"demo","cwd":"."} -> 400 invalid_request cwd
POST /sessions {"provider":"demo","cwd":"work"} -> 400 invalid_request cwd
POST /sessions {"provider":"demo","cwd":"~"} -> 400 invalid_request cwd
POST /sessions {"provider":"demo","cwd":"file://$DIR"} -> 400 invalid_request cwd
POST /sessions {"provider":"demo","cwd":"$DIR/nope"} -> 400 invalid_request cwd
POST /sessions {"provider":"demo","cwd":"$DIR/loop"} -> 400 invalid_request cwd
POST /sessions {"provider":"demo","cwd":"$DIR/file"} -> 400 invalid_request cwd
POST /sessions {"provider":"demo","cwd":"$DIR/file/below"} -> 400 invalid_request cwd
POST /sessions {"provider":"demo","cwd":"$DIR\u0000"} -> 400 invalid_request cwd
POST /sessions {"provider":"demo","cwd":"$DIR/\u0000/.."} -> 400 invalid_request cwd
POST /sessions {"provider":"demo","cwd":"$DIR/<256>"} -> 400 invalid_request cwd
POST /sessions {"provider":"demo","cwd":"/<4096>"} -> 400 invalid_request cwd
POST /sessions {"provider":"demo","cwd":"/<100000>"} -> 400 invalid_request cwd

# New sessions: the size of the terminal
POST /sessions {$DEMO,"cols":0} -> 400 invalid_request cols
POST /sessions {$DEMO,"cols":1} -> 400 invalid_request cols
POST /sessions {$DEMO,"cols":-1} -> 400 invalid_request cols
POST /sessions {$DEMO,"cols":1.5} -> 400 invalid_request cols
POST /sessions {$DEMO,"cols":80.0} -> 400 invalid_request cols
POST /sessions {$DEMO,"cols":501} -> 400 invalid_request cols
POST /sessions {$DEMO,"cols":70000} -> 400 invalid_request cols
POST /sessions {$DEMO,"cols":99999999999999999999} -> 400 invalid_request cols
POST /sessions {$DEMO,"cols":"80"} -> 400 invalid_request cols
POST /sessions {$DEMO,"cols":true} -> 400 invalid_request cols
POST /sessions {$DEMO,"cols":[80]} -> 400 invalid_request cols
POST /sessions {$DEMO,"rows":0} -> 400 invalid_request rows
POST /sessions {$DEMO,"rows":2} -> 400 invalid_request rows
POST /sessions {$DEMO,"rows":-1} -> 400 invalid_request rows
POST /sessions {$DEMO,"rows":1.5} -> 400 invalid_request rows
POST /sessions {$DEMO,"rows":501} -> 400 invalid_request rows
POST /sessions {$DEMO,"rows":70000} -> 400 invalid_request rows
POST /sessions {$DEMO,"rows":"30"} -> 400 invalid_request rows

# New sessions: arguments and environment
POST /sessions {$DEMO,"args":null} -> 400 invalid_request args
POST /sessions {$DEMO,"args":"--help"} -> 400 invalid_request args
POST /sessions {$DEMO,"args":{"0":"a"}} -> 400 invalid_request args
POST /sessions {$DEMO,"args":["a",1]} -> 400 invalid_request args[1]
POST /sessions {$DEMO,"args":[null]} -> 400 invalid_request args[0]
POST /sessions {$DEMO,"args":[["a"]]} -> 400 invalid_request args[0]
POST /sessions {$DEMO,"args":["a","b\u0000c"]} -> 400 invalid_request args[1]
POST /sessions {$DEMO,"args":["<10241>"]} -> 400 invalid_request args[0]
POST /sessions {$DEMO,"env":null} -> 400 invalid_request env
POST /sessions {$DEMO,"env":"A=s3cr3t-value"} -> 400 invalid_request env
POST /sessions {$DEMO,"env":["A=s3cr3t-value"]} -> 400 invalid_request env
POST /sessions {$DEMO,"env":{"A":4711471147114711}} -> 400 invalid_request env.A
POST /sessions {$DEMO,"env":{"A":true}} -> 400 invalid_request env.A
POST /sessions {$DEMO,"env":{"A":null}} -> 400 invalid_request env.A
POST /sessions {$DEMO,"env":{"A":["s3cr3t-value"]}} -> 400 invalid_request env.A
POST /sessions {$DEMO,"env":{"A":{"value":"s3cr3t-value"}}} -> 400 invalid_request env.A
POST /sessions {$DEMO,"env":{"":"s3cr3t-value"}} -> 400 invalid_request env.
POST /sessions {$DEMO,"env":{"A B":"s3cr3t-value"}} -> 400 invalid_request env.A B
POST /sessions {$DEMO,"env":{"A=B":"s3cr3t-value"}} -> 400 invalid_request env.A=B
POST /sessions {$DEMO,"env":{"1A":"s3cr3t-value"}} -> 400 invalid_request env.1A
POST /sessions {$DEMO,"env":{"A-B":"s3cr3t-value"}} -> 400 invalid_request env.A-B
POST /sessions {$DEMO,"env":{"É":"s3cr3t-value"}} -> 400 invalid_request env.É
POST /sessions {$DEMO,"env":{"<257>":"s3cr3t-value"}} -> 400 invalid_request env.<64>
POST /sessions {$DEMO,"env":{"<5000>":1}} -> 400 invalid_request env.<196>…
POST /sessions {$DEMO,"env":{"A":"s3cr3t-value\u0000"}} -> 400 invalid_request env.A
POST /sessions {$DEMO,"env":{"A":"s3cr3t-value<65536>"}} -> 400 invalid_request env.A
POST /sessions {$DEMO,"env":{"CODEPIPER_SECRET":"s3cr3t-value"}} -> 400 invalid_request env.CODEPIPER_SECRET
POST /sessions {$DEMO,"env":{"TMUX":"s3cr3t-value"}} -> 400 invalid_request env.TMUX
POST /sessions {$DEMO,"env":{"TMUX_PANE":"s3cr3t-value"}} -> 400 invalid_request env.TMUX_PANE

# New sessions: everything else
POST /sessions {$DEMO,"billingMode":"free"} -> 400 invalid_request billingMode
POST /sessions {$DEMO,"billingMode":"API"} -> 400 invalid_request billingMode
POST /sessions {$DEMO,"billingMode":""} -> 400 invalid_request billingMode
POST /sessions {$DEMO,"billingMode":null} -> 400 invalid_request billingMode
POST /sessions {$DEMO,"billingMode":0} -> 400 invalid_request billingMode
POST /sessions {$DEMO,"billingMode":{"api":null}} -> 400 invalid_request billingMode
POST /sessions {$DEMO,"billingMode":"<5000>"} -> 400 invalid_request billingMode
POST /sessions {$DEMO,"dangerousMode":"true"} -> 400 invalid_request dangerousMode
POST /sessions {$DEMO,"dangerousMode":1} -> 400 invalid_request dangerousMode
POST /sessions {$DEMO,"dangerousMode":null} -> 400 invalid_request dangerousMode
POST /sessions {$DEMO,"model":1} -> 400 invalid_request model
POST /sessions {$DEMO,"model":""} -> 400 invalid_request model
POST /sessions {$DEMO,"model":"<101>"} -> 400 invalid_request model
POST /sessions {$DEMO,"model":"a\nb"} -> 400 invalid_request model
POST /sessions {$DEMO,"model":["opus"]} -> 400 invalid_request model
POST /sessions {$DEMO,"name":1} -> 400 invalid_request name
POST /sessions {$DEMO,"name":{}} -> 400 invalid_request name
POST /sessions {$DEMO,"name":"<81>"} -> 400 invalid_request name
POST /sessions {$DEMO,"name":"a\u0007b"} -> 400 invalid_request name
POST /sessions {$DEMO,"name":"a\u0000b"} -> 400 invalid_request name
POST /sessions {$DEMO,"prompt":1} -> 400 invalid_request prompt
POST /sessions {$DEMO,"prompt":["a"]} -> 400 invalid_request prompt
POST /sessions {$DEMO,"prompt":""} -> 400 invalid_request prompt
POST /sessions {$DEMO,"prompt":" \n\t"} -> 400 invalid_request prompt
POST /sessions {$DEMO,"prompt":"a\u0000b"} -> 400 invalid_request prompt
POST /sessions {$DEMO,"prompt":"a\u001b[201~b"} -> 400 invalid_request prompt
POST /sessions {$DEMO,"metadata":null} -> 400 invalid_request metadata
POST /sessions {$DEMO,"metadata":"x"} -> 400 invalid_request metadata
POST /sessions {$DEMO,"metadata":[["k","v"]]} -> 400 invalid_request metadata
POST /sessions {$DEMO,"metadata":{"k":1,"k":2}} -> 400 invalid_request metadata.k

# Sending
POST /sessions/$ID/send -> 400 invalid_request
POST /sessions/$ID/send {} -> 400 invalid_request text
POST /sessions/$ID/send {"Text":"hello"} -> 400 invalid_request Text
POST /sessions/$ID/send {"text":null} -> 400 invalid_request text
POST /sessions/$ID/send {"text":42} -> 400 invalid_request text
POST /sessions/$ID/send {"text":["hello"]} -> 400 invalid_request text
POST /sessions/$ID/send {"text":""} -> 400 invalid_request text
POST /sessions/$ID/send {"text":"   "} -> 400 invalid_request text
POST /sessions/$ID/send {"text":"a\u0000b"} -> 400 invalid_request text
POST /sessions/$ID/send {"text":"a\u001b[201~b"} -> 400 invalid_request text
POST /sessions/$ID/send {"text":"<1048577>"} -> 413 too_large text
POST /sessions/$ID/send {"text":"hello","newline":"no"} -> 400 invalid_request newline
POST /sessions/$ID/send {"text":"hello","newline":null} -> 400 invalid_request newline
POST /sessions/$ID/send {"text":"hello","kind":"shell"} -> 400 invalid_request kind
POST /sessions/$ID/send {"text":"hello","kind":"Prompt"} -> 400 invalid_request kind
POST /sessions/$ID/send {"text":"hello","kind":null} -> 400 invalid_request kind
POST /sessions/$ID/send {"text":"clear","kind":"command"} -> 400 invalid_request text
POST /sessions/$ID/send {"text":" /clear","kind":"command"} -> 400 invalid_request text
POST /sessions/$ID/send {"text":"/clear\nmore","kind":"command"} -> 400 invalid_request text
POST /sessions/$ID/send {"text":"","kind":"command"} -> 400 invalid_request text
POST /sessions/$ID/send {"text":"hello","wait":1} -> 400 invalid_request wait
POST /sessions/$ID/send {"text":"hello","timeoutMs":3600001} -> 400 invalid_request timeoutMs
POST /sessions/$ID/send {"text":"hello","timeoutMs":-1} -> 400 invalid_request timeoutMs
POST /sessions/$ID/send {"text":"hello","timeoutMs":"5s"} -> 400 invalid_request timeoutMs
POST /sessions/$ID/send {"text":"hello","timeoutMs":1.5} -> 400 invalid_request timeoutMs
POST /sessions/$ID/send {"text":"hello","timeout":5} -> 400 invalid_request timeout
POST /sessions/$ENDED/send {"text":"hello"} -> 409 session_ended

# Removing
DELETE /sessions/$ID -> 409 session_live
DELETE /sessions/$ENDED {"yes":true} -> 400 invalid_request yes
DELETE /sessions/$ENDED?force=true -> 400 invalid_request force
POST /sessions/prune -> 400 invalid_request
POST /sessions/prune {"olderThanMs":-1} -> 400 invalid_request olderThanMs
POST /sessions/prune {"olderThanMs":"30d"} -> 400 invalid_request olderThanMs
POST /sessions/prune {"olderThanMs":null} -> 400 invalid_request olderThanMs
POST /sessions/prune {"dryRun":1} -> 400 invalid_request dryRun
POST /sessions/prune {"olderThan":1} -> 400 invalid_request olderThan
PUT /settings/daemon {"retentionDays":0} -> 400 invalid_request retentionDays
PUT /settings/daemon {"retentionDays":36501} -> 400 invalid_request retentionDays
PUT /settings/daemon {"retentionDays":-1} -> 400 invalid_request retentionDays
PUT /settings/daemon {"retentionDays":"30"} -> 400 invalid_request retentionDays

# Keys: what is no key types nothing
POST /sessions/$ID/keys {} -> 400 invalid_request keys
POST /sessions/$ID/keys {"key":"enter"} -> 400 invalid_request key
POST /sessions/$ID/keys {"keys":null} -> 400 invalid_request keys
POST /sessions/$ID/keys {"keys":"enter"} -> 400 invalid_request keys
POST /sessions/$ID/keys {"keys":{"0":"enter"}} -> 400 invalid_request keys
POST /sessions/$ID/keys {"keys":[]} -> 400 invalid_request keys
POST /sessions/$ID/keys {"keys":[13]} -> 400 invalid_request keys[0]
POST /sessions/$ID/keys {"keys":["a",null]} -> 400 invalid_request keys[1]
POST /sessions/$ID/keys {"keys":["a","nonsense"]} -> 400 invalid_request keys[1]
POST /sessions/$ID/keys {"keys":["a",""]} -> 400 invalid_request keys[1]
POST /sessions/$ID/keys {"keys":["hyper+x"]} -> 400 invalid_request keys[0]
POST /sessions/$ID/keys {"keys":["ctrl+ctrl+x"]} -> 400 invalid_request keys[0]
POST /sessions/$ID/keys {"keys":["\n"]} -> 400 invalid_request keys[0]
POST /sessions/$ID/keys {"keys":["a","b","\u0000"]} -> 400 invalid_request keys[2]
POST /sessions/$ID/keys {"keys":["<5000>"]} -> 400 invalid_request keys[0]
POST /sessions/$ENDED/keys {"keys":["enter"]} -> 409 session_ended

# Size and name
POST /sessions/$ID/resize {} -> 400 invalid_request cols
POST /sessions/$ID/resize {"cols":80} -> 400 invalid_request rows
POST /sessions/$ID/resize {"cols":0,"rows":24} -> 400 invalid_request cols
POST /sessions/$ID/resize {"cols":501,"rows":24} -> 400 invalid_request cols
POST /sessions/$ID/resize {"cols":70000,"rows":24} -> 400 invalid_request cols
POST /sessions/$ID/resize {"cols":80,"rows":-1} -> 400 invalid_request rows
POST /sessions/$ID/resize {"cols":80,"rows":1.5} -> 400 invalid_request rows
POST /sessions/$ID/resize {"cols":"80","rows":24} -> 400 invalid_request cols
POST /sessions/$ID/resize {"cols":null,"rows":24} -> 400 invalid_request cols
POST /sessions/$ID/resize {"cols":80,"rows":24,"px":1} -> 400 invalid_request px
POST /sessions/$ENDED/resize {"cols":80,"rows":24} -> 409 session_ended
PUT /sessions/$ID/name {} -> 400 invalid_request name
PUT /sessions/$ID/name {"name":7} -> 400 invalid_request name
PUT /sessions/$ID/name {"name":"<81>"} -> 400 invalid_request name
PUT /sessions/$ID/name {"name":"a\u001bb"} -> 400 invalid_request name
PUT /sessions/$ID/name {"name":"a\u202eb"} -> 400 invalid_request name
PUT /sessions/$ID/name {"name":"\u200b"} -> 400 invalid_request name
PUT /sessions/$ID/name {"name":"a\nb"} -> 400 invalid_request name
PUT /sessions/$ID/name {"name":"x","title":"y"} -> 400 invalid_request title

# Ending: nothing can be said about how
POST /sessions/$ID/stop {"force":true} -> 400 invalid_request force
POST /sessions/$ID/interrupt {"force":true} -> 400 invalid_request force
POST /sessions/$ENDED/interrupt -> 409 session_ended
POST /sessions/$ID/kill {"signal":"TERM"} -> 400 invalid_request signal
POST /sessions/$ID/kill nonsense -> 400 invalid_request
POST /sessions/$ID/stop?force=true -> 400 invalid_request force

# Settings
PUT /settings/daemon -> 400 invalid_request
PUT /settings/daemon null -> 400 invalid_request
PUT /settings/daemon {"preserveSessions":"yes"} -> 400 invalid_request preserveSessions
PUT /settings/daemon {"preserveSessions":0} -> 400 invalid_request preserveSessions
PUT /settings/daemon {"forwardSshAuthSock":[]} -> 400 invalid_request forwardSshAuthSock
PUT /settings/daemon {"detachKey":1} -> 400 invalid_request detachKey
PUT /settings/daemon {"detachKey":""} -> 400 invalid_request detachKey
PUT /settings/daemon {"detachKey":"ctrl+\u202e"} -> 400 invalid_request detachKey
PUT /settings/daemon {"detachKey":"ctrl+nonsense"} -> 400 invalid_request detachKey
PUT /settings/daemon {"codexAppServer":"no"} -> 400 invalid_request codexAppServer
PUT /settings/daemon {"codexHostAccessProfileEnabled":1} -> 400 invalid_request codexHostAccessProfileEnabled
PUT /settings/daemon {"statusLine":"on"} -> 400 invalid_request statusLine
PUT /settings/daemon {"timeZone":"Mars/Phobos"} -> 400 invalid_request timeZone
PUT /settings/daemon {"timeZone":1} -> 400 invalid_request timeZone
PUT /settings/daemon {"worktreePlace":"worktrees"} -> 400 invalid_request worktreePlace
PUT /settings/daemon {"worktreePlace":"/srv/../etc"} -> 400 invalid_request worktreePlace
PUT /settings/daemon {"preservesessions":true} -> 400 invalid_request preservesessions
PUT /settings/daemon {"settings":{"preserveSessions":false}} -> 400 invalid_request settings
PUT /settings/daemon {"defaultPolicyAction":"allow"} -> 400 invalid_request defaultPolicyAction
PUT /settings/daemon {"defaultPolicyAction":"Deny"} -> 400 invalid_request defaultPolicyAction
PUT /settings/daemon {"defaultPolicyAction":1} -> 400 invalid_request defaultPolicyAction

# Policies
GET /policies/nope -> 404 policy_not_found
GET /policies/<5000> -> 404 policy_not_found
GET /policies/%ff -> 404 not_found
GET /policies/ -> 404 not_found
GET /policies/check/now -> 404 not_found
PUT /policies/nope {} -> 404 policy_not_found
DELETE /policies/nope -> 404 policy_not_found
DELETE /policies/nope {"force":true} -> 400 invalid_request force
POST /policies -> 400 invalid_request
POST /policies {} -> 400 invalid_request name
POST /policies [] -> 400 invalid_request
POST /policies {"name":"x"} -> 400 invalid_request rules
POST /policies {"rules":[]} -> 400 invalid_request name
POST /policies {"name":"","rules":[]} -> 400 invalid_request name
POST /policies {"name":" \t","rules":[]} -> 400 invalid_request name
POST /policies {"name":"<201>","rules":[]} -> 400 invalid_request name
POST /policies {"name":"a\u001bb","rules":[]} -> 400 invalid_request name
POST /policies {"name":7,"rules":[]} -> 400 invalid_request name
POST /policies {"name":"x","id":"","rules":[]} -> 400 invalid_request id
POST /policies {"name":"x","id":"a\nb","rules":[]} -> 400 invalid_request id
POST /policies {"name":"x","id":"<101>","rules":[]} -> 400 invalid_request id
POST /policies {"name":"x","id":7,"rules":[]} -> 400 invalid_request id
POST /policies {"name":"x","enabled":"yes","rules":[]} -> 400 invalid_request enabled
POST /policies {"name":"x","priority":1.5,"rules":[]} -> 400 invalid_request priority
POST /policies {"name":"x","priority":9223372036854775808,"rules":[]} -> 400 invalid_request priority
POST /policies {"name":"x","sessionId":"nope","rules":[]} -> 400 invalid_request sessionId
POST /policies {"name":"x","sessionId":"$NOBODY","rules":[]} -> 404 session_not_found
POST /policies {"name":"x","action":"deny","rules":[]} -> 400 invalid_request action
POST /policies {"name":"x","rules":[],"rules":[]} -> 400 invalid_request rules
POST /policies {"name":"x","rules":null} -> 400 invalid_request rules
POST /policies {"name":"x","rules":{}} -> 400 invalid_request rules
POST /policies {"name":"x","rules":"[]"} -> 400 invalid_request rules
POST /policies {"name":"x","rules":[null]} -> 400 invalid_request rules[0]
POST /policies {"name":"x","rules":[[]]} -> 400 invalid_request rules[0]
POST /policies {"name":"x","rules":[["a","allow","*"]]} -> 400 invalid_request rules[0]
POST /policies {"name":"x","rules":[{}]} -> 400 invalid_request rules[0]
POST /policies {"name":"x","rules":[{"id":"a"}]} -> 400 invalid_request rules[0]
POST /policies {"name":"x","rules":[{"id":"a","action":"deny"}]} -> 400 invalid_request rules[0].tool
POST /policies {"name":"x","rules":[{"id":"a","action":"maybe","tool":"*"}]} -> 400 invalid_request rules[0].action
POST /policies {"name":"x","rules":[{"id":"a","action":1,"tool":"*"}]} -> 400 invalid_request rules[0].action
POST /policies {"name":"x","rules":[{"id":"a","action":"deny","tol":"*"}]} -> 400 invalid_request rules[0].tol
POST /policies {"name":"x","rules":[{"id":"a","action":"deny","tool":7}]} -> 400 invalid_request rules[0].tool
POST /policies {"name":"x","rules":[{"id":"a","action":"deny","tool":[]}]} -> 400 invalid_request rules[0].tool
POST /policies {"name":"x","rules":[{"id":"a","action":"deny","tool":["*","(x"]}]} -> 400 invalid_request rules[0].tool[1]
POST /policies {"name":"x","rules":[{"id":"a","action":"deny","tool":"<4097>"}]} -> 400 invalid_request rules[0].tool
POST /policies {"name":"x","rules":[{"id":"a","action":"deny","args":{}}]} -> 400 invalid_request rules[0].args
POST /policies {"name":"x","rules":[{"id":"a","action":"deny","args":"*"}]} -> 400 invalid_request rules[0].args
POST /policies {"name":"x","rules":[{"id":"a","action":"deny","args":{"command":"[x"}}]} -> 400 invalid_request rules[0].args.command
POST /policies {"name":"x","rules":[{"id":" ","action":"deny","tool":"*"}]} -> 400 invalid_request rules[0].id
POST /policies {"name":"x","rules":[{"id":"a","action":"deny","action":"allow","tool":"*"}]} -> 400 invalid_request rules[0].action
POST /policies?enabled=true {"name":"x","rules":[]} -> 400 invalid_request enabled
GET /policies?enabled=yes -> 400 invalid_request enabled
GET /policies?sessionId=nope -> 400 invalid_request sessionId
GET /policies?session=$ID -> 400 invalid_request session
GET /policies/nope?full=1 -> 400 invalid_request full
POST /policies/apply -> 400 invalid_request
POST /policies/apply {} -> 400 invalid_request text
POST /policies/apply {"text":7} -> 400 invalid_request text
POST /policies/apply {"text":""} -> 400 invalid_file
POST /policies/apply {"text":"[]"} -> 400 invalid_file
POST /policies/apply {"text":"a: ["} -> 400 invalid_file
POST /policies/apply {"text":"<1048577>"} -> 413 too_large text
POST /policies/apply {"text":"policies: []","dryRun":"yes"} -> 400 invalid_request dryRun
POST /policies/apply {"text":"policies: []","force":true} -> 400 invalid_request force
POST /policies/apply {"text":"{\"id\":\"<5000>\",\"name\":\"x\",\"rules\":[]}"} -> 400 invalid_file id
POST /policies/apply {"text":"{\"<5000>\":1}"} -> 400 invalid_file
POST /policies/apply {"text":"sets: [{id: ready, name: x}]"} -> 400 invalid_file sets[0].id
POST /policies/export {"ids":"x"} -> 400 invalid_request ids
POST /policies/export {"ids":["nope"]} -> 404 policy_not_found
POST /policies/export {"set":"nope"} -> 404 policy_set_not_found
POST /policies/test {"text":"x"} -> 400 invalid_file
POST /policies/test {"text":"<1048577>"} -> 413 too_large text
POST /policies/test {"text":"policies: []","since":"yesterday"} -> 400 invalid_request since
POST /policies/test {"text":"policies: []","since":7} -> 400 invalid_request since
POST /policies/test {"text":"policies: []","sessionId":"nope"} -> 400 invalid_request sessionId
POST /policies/test {"text":"policies: []","sessionId":"$NOBODY"} -> 404 session_not_found
GET /policies/check -> 404 policy_not_found
POST /policy-sets/ready {} -> 405 method_not_allowed
POST /policy-sets {"name":"x","id":"ready"} -> 400 invalid_request id
POST /policies/check -> 400 invalid_request
POST /policies/check {} -> 400 invalid_request toolName
POST /policies/check {"toolName":"Bash"} -> 400 invalid_request cwd
POST /policies/check {"toolName":" ","cwd":"/"} -> 400 invalid_request toolName
POST /policies/check {"toolName":"Bash","cwd":"work"} -> 400 invalid_request cwd
POST /policies/check {"toolName":"Bash","cwd":"/","sessionId":"$SHORT"} -> 400 invalid_request sessionId
POST /policies/check {"toolName":"Bash","cwd":"/","sessionId":"$NOBODY"} -> 404 session_not_found
POST /policies/check {"toolName":"Bash","cwd":"/","provider":"nope"} -> 400 invalid_request provider
POST /policies/check {"toolName":"Bash","cwd":"/","rules":[null]} -> 400 invalid_request rules[0]
POST /policies/check {"toolName":"Bash","cwd":"/","tool":"x"} -> 400 invalid_request tool

# Approvals
GET /approvals?status=open -> 400 invalid_request status
GET /approvals?status=Pending -> 400 invalid_request status
GET /approvals?status=<5000> -> 400 invalid_request status
GET /approvals?limit=0 -> 400 invalid_request limit
GET /approvals?limit=1001 -> 400 invalid_request limit
GET /approvals?sessionId=nope -> 400 invalid_request sessionId
GET /approvals?sessionId=$NOBODY -> 404 session_not_found
GET /approvals?session=$ID -> 400 invalid_request session
GET /approvals/$NOBODY -> 404 approval_not_found
GET /approvals/$ID -> 404 approval_not_found
GET /approvals/nope -> 404 approval_not_found
GET /approvals/<5000> -> 404 approval_not_found
GET /approvals/$NOBODY?full=1 -> 400 invalid_request full
POST /approvals/$NOBODY/answer -> 400 invalid_request
POST /approvals/$NOBODY/answer {} -> 400 invalid_request decision
POST /approvals/$NOBODY/answer {"decision":"allow"} -> 400 invalid_request requestHash
POST /approvals/$NOBODY/answer {"decision":"ask","requestHash":"x"} -> 400 invalid_request decision
POST /approvals/$NOBODY/answer {"decision":true,"requestHash":"x"} -> 400 invalid_request decision
POST /approvals/$NOBODY/answer {"decision":"allow","requestHash":null} -> 400 invalid_request requestHash
POST /approvals/$NOBODY/answer {"decision":"allow","requestHash":"x","note":7} -> 400 invalid_request note
POST /approvals/$NOBODY/answer {"decision":"allow","requestHash":"x","note":"<4001>"} -> 400 invalid_request note
POST /approvals/$NOBODY/answer {"decision":"allow","requestHash":"x","rule":"yes"} -> 400 invalid_request rule
POST /approvals/$NOBODY/answer {"decision":"allow","requestHash":"x","by":"owner"} -> 400 invalid_request by
POST /approvals/$NOBODY/answer {"decision":"allow","requestHash":"x"} -> 404 approval_not_found
POST /approvals/nope/answer {"decision":"allow","requestHash":"x"} -> 404 approval_not_found

# Directories
GET /directories?path=$DIR/nope -> 404 directory_not_found
GET /directories?path=$DIR/loop -> 404 directory_not_found
GET /directories?path=$DIR/file -> 400 invalid_request path
GET /directories?path=work -> 400 invalid_request path
GET /directories?path= -> 400 invalid_request path
GET /directories?path=~nobody -> 400 invalid_request path
GET /directories?path=%00 -> 400 invalid_request path
GET /directories?path=/<5000> -> 400 invalid_request path
GET /directories?path=$DIR&hidden=maybe -> 400 invalid_request hidden
GET /directories?path=$DIR&nearest=1 -> 400 invalid_request nearest
GET /directories?where=$DIR -> 400 invalid_request where
GET /directories/recent?limit=1 -> 400 invalid_request limit
GET /directories/nope -> 404 not_found
POST /directories {} -> 405 method_not_allowed

# Conversations and what they cost
GET /sessions/$NOBODY/conversation -> 404 session_not_found
GET /sessions/$NOBODY/conversation/markdown -> 404 session_not_found
GET /sessions/$ID/conversation?since=x -> 400 invalid_request since
GET /sessions/$ID/conversation?before=x -> 400 invalid_request before
GET /sessions/$ID/conversation?after=1.x -> 400 invalid_request after
GET /sessions/$ID/conversation?limit=0 -> 400 invalid_request limit
GET /sessions/$ID/conversation?page=2 -> 400 invalid_request page
GET /search -> 400 invalid_request text
GET /search?text= -> 400 invalid_request text
GET /search?text=%22%2A -> 400 invalid_request text
GET /search?text=x&kind=person -> 400 invalid_request kind
GET /search?text=x&since=now -> 400 invalid_request since
GET /search?text=x&limit=1001 -> 400 invalid_request limit
GET /transcripts/problems?sessionId=x -> 400 invalid_request sessionId
GET /analytics/overview?range=week -> 400 invalid_request range
GET /analytics/overview?by=day -> 400 invalid_request by
GET /analytics/usage?by=week -> 400 invalid_request by
GET /analytics/usage?timeZone=Mars/Phobos -> 400 invalid_request timeZone
GET /analytics/usage?sessionId=x -> 400 invalid_request sessionId
GET /analytics/rebuild -> 405 method_not_allowed
POST /analytics/rebuild?range=7d -> 400 invalid_request range

# The audit
GET /policy-decisions?decision=maybe -> 400 invalid_request decision
GET /policy-decisions?decision=<5000> -> 400 invalid_request decision
GET /policy-decisions?limit=0 -> 400 invalid_request limit
GET /policy-decisions?limit=1001 -> 400 invalid_request limit
GET /policy-decisions?before=nope -> 400 invalid_request before
GET /policy-decisions?sessionId=nope -> 400 invalid_request sessionId
GET /policy-decisions?sessionId=$NOBODY -> 404 session_not_found
GET /policy-decisions?since=1 -> 400 invalid_request since
GET /policy-decisions?since=2026-11-23 -> 400 invalid_request since
GET /policy-decisions?until=2026-11-23T10:00:00 -> 400 invalid_request until
GET /policy-decisions?outcome=maybe -> 400 invalid_request outcome
GET /policy-decisions?text= -> 400 invalid_request text
GET /policy-decisions?text=<201> -> 400 invalid_request text
GET /policy-decisions?tool=Bash -> 400 invalid_request tool
GET /policy-decisions?actor=owner&actor=agent -> 400 invalid_request actor
GET /audit/entries?kind=nope -> 400 invalid_request kind
GET /audit/entries?before=nope -> 400 invalid_request before
GET /audit/entries?limit=0 -> 400 invalid_request limit
GET /audit/entries?sessionId=$ID -> 400 invalid_request sessionId
GET /audit/entries?text= -> 400 invalid_request text
GET /audit/entries?since=now -> 400 invalid_request since
GET /audit/export?format=xml -> 400 invalid_request format
GET /audit/export?entries=yes -> 400 invalid_request entries
GET /audit/export?limit=5 -> 400 invalid_request limit
GET /audit/export?kind=asked -> 400 invalid_request kind
GET /audit/export?decisionId=x -> 400 invalid_request decisionId
GET /audit/export?entries=true&ruleId=x -> 400 invalid_request ruleId
GET /audit/export?sessionId=$NOBODY -> 404 session_not_found
GET /audit/export?text= -> 400 invalid_request text
POST /audit/export {} -> 405 method_not_allowed
GET /policy-decisions/nope -> 404 not_found

# Hooks: whoever has no secret learns nothing
POST /hooks/claude -> 400 invalid_request
POST /hooks/claude {} -> 400 invalid_request
POST /hooks/claude nonsense -> 400 invalid_request
POST /hooks/claude {"sessionId":"nope","event":"Stop","data":{},"deliveryId":"$NOBODY"} -> 400 invalid_request
POST /hooks/claude {"sessionId":"$NOBODY","event":"Stop","data":{},"deliveryId":"$NOBODY"} -> 404 session_not_found
POST /hooks/claude {"sessionId":"$ID","event":"Stop","data":{},"deliveryId":"$NOBODY"} -> 403 wrong_secret
POST /hooks/claude {"sessionId":"$ID","event":"","data":7,"deliveryId":""} -> 403 wrong_secret
POST /hooks/claude?x=1 {} -> 400 invalid_request x
POST /hooks/nobody {} -> 404 not_found

# Parameters
GET /events?limit=0 -> 400 invalid_request limit
GET /events?limit=-1 -> 400 invalid_request limit
GET /events?limit=1001 -> 400 invalid_request limit
GET /events?limit=ten -> 400 invalid_request limit
GET /events?limit=1.5 -> 400 invalid_request limit
GET /events?limit= -> 400 invalid_request limit
GET /events?limit -> 400 invalid_request limit
GET /events?limit=99999999999999999999999 -> 400 invalid_request limit
GET /events?limit=5&limit=5 -> 400 invalid_request limit
GET /events?Limit=5 -> 400 invalid_request Limit
GET /events?since=yesterday -> 400 invalid_request since
GET /events?since=-1 -> 400 invalid_request since
GET /events?since=9223372036854775808 -> 400 invalid_request since
GET /events?before=x -> 400 invalid_request before
GET /events?before=-5 -> 400 invalid_request before
GET /events?source=nobody -> 400 invalid_request source
GET /events?source= -> 400 invalid_request source
GET /events?source=Hook -> 400 invalid_request source
GET /events?source=<5000> -> 400 invalid_request source
GET /events?order=up -> 400 invalid_request order
GET /events?order=ASC -> 400 invalid_request order
GET /events?waitMs=60001 -> 400 invalid_request waitMs
GET /events?waitMs=-1 -> 400 invalid_request waitMs
GET /events?waitMs=soon -> 400 invalid_request waitMs
GET /events?session=$ID -> 400 invalid_request session
GET /events?=5 -> 400 invalid_request ""
GET /events?<5000>=1 -> 400 invalid_request <200>…
GET /events?%ff=1 -> 400 invalid_request �
GET /sessions/$ID/events?limit=1001 -> 400 invalid_request limit
GET /sessions/$ID/events?after=5 -> 400 invalid_request after
GET /sessions/$ID/events?source=terminal -> 400 invalid_request source
GET /sessions/$ID/output?lines=0 -> 400 invalid_request lines
GET /sessions/$ID/output?lines=-1 -> 400 invalid_request lines
GET /sessions/$ID/output?lines=50001 -> 400 invalid_request lines
GET /sessions/$ID/output?lines=all -> 400 invalid_request lines
GET /sessions/$ID/output?lines=5&lines=6 -> 400 invalid_request lines
GET /sessions/$ID/output?rows=5 -> 400 invalid_request rows
GET /sessions/$ID/output/stream?from=0 -> 400 invalid_request from
GET /sessions/$ENDED/output/stream -> 409 session_ended
GET /sessions/$ID/wait -> 400 invalid_request until
GET /sessions/$ID/wait?until= -> 400 invalid_request until
GET /sessions/$ID/wait?until=done -> 400 invalid_request until
GET /sessions/$ID/wait?until=IDLE -> 400 invalid_request until
GET /sessions/$ID/wait?until=idle, -> 400 invalid_request until
GET /sessions/$ID/wait?until=idle;exited -> 400 invalid_request until
GET /sessions/$ID/wait?until=<5000> -> 400 invalid_request until
GET /sessions/$ID/wait?until=exited&timeoutMs=-1 -> 400 invalid_request timeoutMs
GET /sessions/$ID/wait?until=exited&timeoutMs=3600001 -> 400 invalid_request timeoutMs
GET /sessions/$ID/wait?until=exited&timeoutMs=1h -> 400 invalid_request timeoutMs
GET /sessions/$ID/wait?until=exited&timeout=5 -> 400 invalid_request timeout
GET /sessions/$ID/wait?until=idle&until=exited -> 400 invalid_request until
GET /sessions?status=RUNNING -> 400 invalid_request status
GET /sessions/$ID?full=1 -> 400 invalid_request full
GET /health?deep=1 -> 400 invalid_request deep
GET /version?x -> 400 invalid_request x
GET /providers?installed=true -> 400 invalid_request installed
GET /settings/daemon?scope=all -> 400 invalid_request scope
POST /sessions?dangerousMode=true {$DEMO} -> 400 invalid_request dangerousMode
POST /sessions/$ID/send?wait=1 {"text":"hello"} -> 400 invalid_request wait
"#;

/// Root may enter any directory.
const SHUT: &str =
    r#"POST /sessions {"provider":"demo","cwd":"$DIR/shut"} -> 400 invalid_request cwd"#;

/// A request and what is to become of it.
struct Row {
    name: String,
    bytes: Vec<u8>,
    status: u16,
    code: String,
    field: Option<String>,
}

impl Row {
    /// `expected` is `STATUS CODE [FIELD]`.
    fn new(name: &str, bytes: Vec<u8>, expected: &str) -> Self {
        let mut words = expected.splitn(3, ' ');
        Self {
            name: name.to_owned(),
            bytes,
            status: words.next().unwrap().parse().expect(name),
            code: words.next().expect(name).to_owned(),
            field: words.next().map(|field| field.trim_matches('"').to_owned()),
        }
    }
}

/// What the table's abbreviations stand for.
struct Names(Vec<(&'static str, String)>);

impl Names {
    fn new(home: &TestHome, live: &str, ended: &str) -> Self {
        let dir = home.work();
        Self(vec![
            ("$ID", live.to_owned()),
            ("$UPPER", live.to_uppercase()),
            ("$SHORT", live[..8].to_owned()),
            ("$BARE", live.replace('-', "")),
            ("$ENDED", ended.to_owned()),
            ("$NOBODY", "01234567-89ab-4cde-8f01-23456789abcd".to_owned()),
            ("$DEMO", format!(r#""provider":"demo","cwd":"{dir}""#)),
            ("$DIR", dir),
        ])
    }

    fn put_into(&self, text: &str) -> String {
        let named = |text: String, (name, value): &(_, String)| text.replace(name, value);
        let mut text = self.0.iter().fold(text.to_owned(), named);
        while let Some((before, after)) = text.split_once('<')
            && let Some((count, after)) = after.split_once('>')
            && let Ok(count) = count.parse()
        {
            text = format!("{before}{}{after}", "x".repeat(count));
        }
        text
    }

    fn row(&self, line: &str) -> Row {
        let (request, expected) = line.rsplit_once(" -> ").expect(line);
        let words: Vec<String> = request.splitn(3, ' ').map(|w| self.put_into(w)).collect();
        let body = words.get(2).map_or("", String::as_str);
        let bytes = request_with(&words[0], &words[1], body.as_bytes());
        Row::new(line, bytes, &self.put_into(expected))
    }

    /// What cannot be written in a line.
    fn rows_of_bytes(&self) -> Vec<Row> {
        let path = |end: &str| self.put_into(&format!("/sessions/$ID/{end}"));
        let create = |name: &str, body: &[u8], expected: &str| {
            Row::new(name, request_with("POST", "/sessions", body), expected)
        };
        let demo = |more: &[u8]| [self.put_into("{$DEMO,").as_bytes(), more, b"}"].concat();
        let metadata = |value: &str| demo(format!(r#""metadata":{{"k":{value}}}"#).as_bytes());
        let nested = |open: &str, close: &str| open.repeat(10_000) + &close.repeat(10_000);
        let letters = "x".repeat(500_000);
        let many = vec!["a"; 101];
        let args = demo(format!(r#""args":{}"#, json!(many)).as_bytes());
        let keys = json!({ "keys": many }).to_string().into_bytes();
        let variables: BTreeMap<String, &str> = (0..1001).map(|i| (format!("V{i}"), "")).collect();
        let env = demo(format!(r#""env":{}"#, json!(variables)).as_bytes());
        let long_name = demo(format!(r#""{letters}":1"#).as_bytes());
        let long_value = demo(format!(r#""cols":"{letters}""#).as_bytes());
        let escaped = format!(r#"{{"text":"{}"}}"#, "\\u0041".repeat(MIB + 1)).into_bytes();
        let (over, far_over) = (vec![b' '; MIB + 1], vec![b' '; 10 * MIB]);
        let announced = |path: &str, more: &str| {
            head("POST", path, &format!("Content-Length: 99999999{more}")).into_bytes()
        };
        let large = |name: &str, bytes: Vec<u8>| Row::new(name, bytes, "413 too_large");
        let no_json = "400 invalid_request";
        vec![
            create(
                "bad UTF-8 in a value",
                &demo(b"\"name\":\"\xff\xfe\""),
                no_json,
            ),
            create("bad UTF-8 in a key", &demo(b"\"na\xc3me\":1"), no_json),
            create(
                "a raw newline in a text",
                &demo(b"\"name\":\"a\nb\""),
                no_json,
            ),
            create("a byte order mark", b"\xef\xbb\xbf{}", no_json),
            create("UTF-16", b"{\0\"\0a\0\"\0:\x001\0}\0", no_json),
            create("NUL bytes", &[0; 1000], no_json),
            create(
                "compressed",
                b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0",
                no_json,
            ),
            create("brackets", nested("[", "]").as_bytes(), no_json),
            create("open brackets", nested("[", "").as_bytes(), no_json),
            create("open braces", nested("{\"a\":", "").as_bytes(), no_json),
            create(
                "deep lists as metadata",
                &metadata(&nested("[", "]")),
                no_json,
            ),
            create(
                "deep objects as metadata",
                &metadata(&nested("{\"a\":", "}")),
                no_json,
            ),
            create("too many arguments", &args, "400 invalid_request args"),
            create("too many variables", &env, "400 invalid_request env"),
            create(
                "a field with a long name",
                &long_name,
                &self.put_into("400 invalid_request <200>…"),
            ),
            create(
                "a long value of the wrong type",
                &long_value,
                "400 invalid_request cols",
            ),
            Row::new(
                "too many keys",
                request_with("POST", &path("keys"), &keys),
                "400 invalid_request keys",
            ),
            Row::new(
                "a long text with every letter escaped",
                request_with("POST", &path("send"), &escaped),
                "413 too_large text",
            ),
            large("a large body", request_with("POST", "/sessions", &over)),
            large("a large body in chunks", chunked("/sessions", &over)),
            large(
                "large settings",
                request_with("PUT", "/settings/daemon", &over),
            ),
            large(
                "a large body of keys",
                request_with("POST", &path("keys"), &over),
            ),
            large(
                "a large body for nothing",
                request_with("POST", &path("kill"), &over),
            ),
            large(
                "a huge text",
                request_with("POST", &path("send"), &far_over),
            ),
            large("a huge text in chunks", chunked(&path("send"), &far_over)),
            large(
                "a large body announced and not sent",
                announced("/sessions", ""),
            ),
            large(
                "a large body announced and asked about",
                announced(&path("send"), "\r\nExpect: 100-continue"),
            ),
        ]
    }
}

/// Bytes that are no request at all.
fn garbage(live: &str) -> Vec<(&'static str, Vec<u8>)> {
    let start = "GET /health HTTP/1.1\r\nHost: x\r\n";
    let get = |more: &str| format!("{start}{more}\r\n\r\n").into_bytes();
    let kill = format!("/sessions/{live}/kill");
    let post = |more: &str| head("POST", &kill, more).into_bytes();
    vec![
        ("a word", b"hello\r\n\r\n".to_vec()),
        ("NUL bytes", vec![0; 4096]),
        ("every byte", (0..=255).cycle().take(10_000).collect()),
        ("no end of line", vec![b'A'; MIB]),
        ("HTTP/0.9", b"GET /health\r\n\r\n".to_vec()),
        ("HTTP/9.9", b"GET /health HTTP/9.9\r\n\r\n".to_vec()),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        (
            "TLS",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        ),
        ("SSH", b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()),
        ("JSON", br#"{"method":"GET","path":"/health"}"#.to_vec()),
        ("a blank in the path", b"GET /a b HTTP/1.1\r\n\r\n".to_vec()),
        ("a NUL in the path", b"GET /a\0 HTTP/1.1\r\n\r\n".to_vec()),
        ("no path", b"GET  HTTP/1.1\r\n\r\n".to_vec()),
        (
            "a giant path",
            head("GET", &format!("/{}", "x".repeat(MIB)), "").into_bytes(),
        ),
        (
            "a giant method",
            head(&"X".repeat(MIB), "/health", "").into_bytes(),
        ),
        ("a giant header", get(&format!("X: {}", "x".repeat(MIB)))),
        ("a thousand headers", get(&"X: y\r\n".repeat(1000))),
        ("a header without colon", get("nonsense")),
        ("a header without name", get(": x")),
        ("NUL in a header", get("X: a\0b")),
        ("a folded header", get("X: a\r\n b")),
        ("a length that is no number", post("Content-Length: ten")),
        ("a negative length", post("Content-Length: -1")),
        (
            "a length beyond numbers",
            post("Content-Length: 99999999999999999999"),
        ),
        (
            "two lengths",
            post("Content-Length: 1\r\nContent-Length: 2"),
        ),
        ("an unknown encoding", post("Transfer-Encoding: gzip")),
    ]
}

/// Requests that end too early.
fn halves(live: &str) -> Vec<(&'static str, Vec<u8>)> {
    let post = |more: &str, body: &str| {
        let head = head("POST", &format!("/sessions/{live}/kill"), more);
        [head.as_bytes(), body.as_bytes()].concat()
    };
    let chunks = "Transfer-Encoding: chunked";
    vec![
        ("nothing", Vec::new()),
        ("blank lines", b"\r\n\r\n\r\n\r\n".to_vec()),
        ("half a line", b"POST /sess".to_vec()),
        ("half a head", b"POST /sessions HTTP/1.1\r\nHost: ".to_vec()),
        ("no body", post("Content-Length: 2", "")),
        ("half a body", post("Content-Length: 3", "{}")),
        ("a chunk that is none", post(chunks, "zz\r\n{}\r\n")),
        ("half a chunk", post(chunks, "ff\r\n{}")),
        ("no last chunk", post(chunks, "2\r\n{}\r\n")),
    ]
}

#[test]
fn malformed_requests_are_refused_and_leave_no_trace() {
    let home = TestHome::new();
    let live = home.demo(&["--name", "live"]);
    let ended = home.demo(&["--name", "ended"]);
    home.run(&["kill", &ended]).ok();
    std::fs::write(home.path("work/file"), "").unwrap();
    std::os::unix::fs::symlink("loop", home.path("work/loop")).unwrap();
    std::fs::create_dir(home.path("work/shut")).unwrap();
    std::fs::set_permissions(home.path("work/shut"), Permissions::from_mode(0o600)).unwrap();
    let before = trace(&home);

    let names = Names::new(&home, &live, &ended);
    let lines = TABLE
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with('#'));
    let mut rows: Vec<Row> = lines.map(|line| names.row(line)).collect();
    rows.extend(names.rows_of_bytes());
    if !rustix::process::geteuid().is_root() {
        rows.push(names.row(SHUT));
    }
    assert!(rows.len() >= 200);

    let mut wrong: Vec<String> = Vec::new();
    for row in &rows {
        let judged = ask(&home, &row.bytes, false).and_then(|answer| row.judge(&answer));
        wrong.extend(judged.err().map(|why| format!("{}\n    {why}", row.name)));
    }
    let whole = garbage(&live).into_iter().map(|it| (it, false));
    for ((name, bytes), hang_up) in whole.chain(halves(&live).into_iter().map(|it| (it, true))) {
        let judged = ask(&home, &bytes, hang_up).and_then(|answer| match status(&answer) {
            Some(400..500) => Ok(()),
            None if answer.is_empty() => Ok(()),
            _ => Err(String::from_utf8_lossy(&answer).into_owned()),
        });
        wrong.extend(judged.err().map(|why| format!("{name}\n    {why}")));
    }
    assert!(
        wrong.is_empty(),
        "{} of them:\n{}",
        wrong.len(),
        wrong.join("\n")
    );

    assert_eq!(home.http("GET", "/health", b"").0, 200);
    assert_eq!(home.session(&live)["status"], "RUNNING");
    assert_eq!(trace(&home), before);
    let log = home.daemon_log();
    assert!(!log.contains("panicked") && !log.contains("ERROR"), "{log}");
    assert!(!SECRETS.iter().any(|secret| log.contains(secret)), "{log}");
}

/// A body so large that the daemon refuses it before it is sent must not look like a broken daemon.
#[test]
fn whoever_sends_too_much_reads_why() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let done = home.run_with_input(&["send", &id, "-", "--json"], &vec![b'a'; 20 * MIB]);
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.stderr.contains("too_large"), "{done:?}");
}

#[test]
fn a_client_that_falls_silent_is_nobodys_problem() {
    let home = TestHome::new();
    let half_a_body = head("POST", "/sessions", "Content-Length: 9") + "{";
    let starts = ["", "GET /hea", &half_a_body];
    let connect = |start: &&str| {
        let mut stream = UnixStream::connect(home.socket()).unwrap();
        stream.write_all(start.as_bytes()).unwrap();
        stream
    };
    let silent: Vec<UnixStream> = starts.iter().cycle().take(60).map(connect).collect();
    assert_eq!(home.http("GET", "/health", b"").0, 200);
    drop(silent);
    assert_eq!(home.http("GET", "/health", b"").0, 200);
}

impl Row {
    /// Whether the answer is the one that was expected, and a good one.
    fn judge(&self, answer: &[u8]) -> Result<(), String> {
        let text = String::from_utf8_lossy(answer);
        let shown: String = text.chars().take(800).collect();
        let fail = |why: &str| Err(format!("{why}: {shown}"));
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
        if status(answer) != Some(self.status) {
            return fail("the status");
        }
        let Ok(body) = serde_json::from_str::<Value>(body) else {
            return fail("no JSON");
        };
        if body["code"] != self.code {
            return fail("the code");
        }
        let field = body["field"].as_str();
        if field != self.field.as_deref() {
            return fail("the field");
        }
        let error = body["error"].as_str().unwrap_or_default();
        if error.is_empty() {
            return fail("no words");
        }
        let rust = ["struct ", "u16", "u64", "i64", "usize"];
        if rust.iter().any(|word| error.contains(word)) {
            return fail("the words of a programmer");
        }
        if text.len() > ANSWER_MAX || SECRETS.iter().any(|secret| text.contains(secret)) {
            return fail("it repeats too much");
        }
        let head = head.to_lowercase();
        if !head.contains("content-type: application/json") {
            return fail("no content type");
        }
        if self.status == 405 && !head.contains("allow: ") {
            return fail("no word on what is allowed");
        }
        Ok(())
    }
}

/// All that a request could have changed.
fn trace(home: &TestHome) -> Value {
    let get = |path: &str| {
        let (status, body) = home.http("GET", path, b"");
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str::<Value>(&body).unwrap()
    };
    let dirs = std::fs::read_dir(home.path(".codepiper/sessions")).unwrap();
    json!([
        get("/sessions"),
        get("/settings/daemon"),
        get("/policies"),
        get("/approvals"),
        get("/policy-decisions"),
        get("/events?source=user&limit=1000"),
        get("/health"),
        dirs.count(),
    ])
}

fn head(method: &str, path: &str, more: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{more}\r\n\r\n")
}

fn request_with(method: &str, path: &str, body: &[u8]) -> Vec<u8> {
    let head = head(method, path, &format!("Content-Length: {}", body.len()));
    [head.as_bytes(), body].concat()
}

fn chunked(path: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = head("POST", path, "Transfer-Encoding: chunked").into_bytes();
    for piece in body.chunks(65_536) {
        bytes.extend(format!("{:x}\r\n", piece.len()).into_bytes());
        bytes.extend([piece, b"\r\n"].concat());
    }
    bytes.extend(b"0\r\n\r\n");
    bytes
}

fn status(answer: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(answer.get(..12)?).ok()?;
    line.strip_prefix("HTTP/1.1 ")?.parse().ok()
}

/// Sends bytes, and reads until the daemon closes the connection.
fn ask(home: &TestHome, bytes: &[u8], hang_up: bool) -> Result<Vec<u8>, String> {
    let start = Instant::now();
    let mut stream = UnixStream::connect(home.socket()).map_err(|e| e.to_string())?;
    stream.set_write_timeout(Some(QUICK)).unwrap();
    stream.set_read_timeout(Some(QUICK)).unwrap();
    // A daemon that refuses early does not read everything.
    drop(stream.write_all(bytes));
    if hang_up {
        drop(stream.shutdown(Shutdown::Write));
    }
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Err("it hangs".to_owned()),
        _ if start.elapsed() > QUICK => Err("it takes too long".to_owned()),
        _ => Ok(answer),
    }
}
