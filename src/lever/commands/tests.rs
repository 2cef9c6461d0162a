use super::*;

fn refusal(lever: Lever, text: &str) -> String {
    let error = Command::parse(lever, text).expect_err(text);
    format!("{error}; {}", error.hint())
}

#[test]
fn a_command_says_what_it_is_about() {
    for (lever, text) in [
        (Lever::Idle, "./idle.sh {function}"),
        (Lever::Publish, "sh -c 'push \"$0\" $1' {image} {revision}"),
        (Lever::Delete, "crane delete {image}"),
        (Lever::Hold, "awk '{ print }' {image}"),
    ] {
        assert!(Command::parse(lever, text).is_ok(), "{text}");
    }
    for (lever, text, expected) in [
        (
            Lever::Idle,
            "./idle.sh",
            "the command of the lever idle is not told {function}; write for example `./idle.sh {function}`",
        ),
        (
            Lever::Hold,
            "./hold.sh {function}",
            "the command of the lever hold has {function}, which stands for nothing there; levers on images are told \
             {image}, {revision} and {code}",
        ),
        (
            Lever::Publish,
            "./publish.sh {images}",
            "the command of the lever publish has {images}, which stands for nothing there; levers on images are told \
             {image}, {revision} and {code}",
        ),
        (Lever::Fail, "  ", "the command of the lever fail is empty; leave it out, or name a program"),
        (
            Lever::Delete,
            "sh -c 'rm {image}",
            "the command of the lever delete cannot be split into words: missing closing quote; close what was quoted; \
             there is no shell, so `sh -c '…'` if you need one",
        ),
    ] {
        assert_eq!(refusal(lever, text), expected);
    }
}

fn commands(all: &[(Lever, &str)]) -> Commands {
    let parsed = all.iter().map(|(lever, text)| (*lever, Command::parse(*lever, text).expect(text)));
    Commands::new(parsed.collect(), Duration::from_secs(60))
}

fn tag() -> RequestTag {
    RequestTag { run: "r".into(), case: "c".into(), step: 1 }
}

async fn set(commands: &Commands, code: Option<Name>, condition: Condition) -> Effect {
    commands.set("img:1", &Content { code, condition }, Meanwhile::Nothing, &tag(), Duration::ZERO).await
}

#[cfg(unix)]
#[tokio::test]
async fn the_digest_is_what_the_command_wrote() {
    let all = [
        (Lever::Publish, "sh -c 'echo sha256:$1-$0' {image} {revision}"),
        (Lever::Hold, "true {image}"),
        (Lever::Fail, "sh -c 'echo not this >&2; exit 4' {image}"),
        (Lever::Delete, "true {image}"),
    ];
    let commands = commands(&all);
    let stand_in = commands.code("r1");
    // Nothing was published yet, so nobody knows what is held.
    let untold = Effect::Untold("the command of the lever hold wrote no digest".to_owned());
    assert_eq!(set(&commands, Some(stand_in.clone()), Condition::Held).await, untold);

    let digest = Name::from("sha256:r1-img:1");
    assert_eq!(set(&commands, Some(stand_in), Condition::Ready).await, Effect::Published(digest.clone()));
    assert_eq!((commands.code("r1"), commands.served("r1")), (digest.clone(), Some(digest.clone())));
    assert_eq!(set(&commands, Some(digest.clone()), Condition::Held).await, Effect::Published(digest.clone()));
    assert_eq!(set(&commands, None, Condition::Missing).await, Effect::Done);
    let untold = Effect::Untold("`sh` ended with exit status: 4: not this".to_owned());
    assert_eq!(set(&commands, Some(digest), Condition::Failing).await, untold);
}

#[cfg(unix)]
#[tokio::test]
async fn a_command_that_is_told_the_digest_need_not_write_it() {
    let commands = commands(&[(Lever::Publish, "true {image} {code}"), (Lever::Idle, "false {function}")]);
    let digest = commands.code("r1");
    assert!(digest.starts_with("sha256:"), "{digest}");
    assert_eq!(set(&commands, Some(digest), Condition::Ready).await, Effect::Done);
    let unknown = Effect::Unknown("`false` ended with exit status: 1".to_owned());
    assert_eq!(commands.leave("f", &tag(), Duration::ZERO).await, unknown);
}
