//! Chat templates against transformers: `data/chat/generate.py` says how the expected texts were made.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::path::{Path, PathBuf};
use std::{env, fs};

use fixwright_prompt::{ChatTemplate, Message, Role, Segment};
use serde::Deserialize;

/// One line of the expected texts.
#[derive(Deserialize)]
struct Case {
    template: String,
    messages: Vec<Message>,
    expected: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/chat")
}

/// The chat template among the metadata of the GGUF file that a variable names: a key, the type of a string, its length, the string.
fn gguf_template(variable: &str) -> Option<String> {
    const KEY: &[u8] = b"tokenizer.chat_template\x08\0\0\0";
    let bytes = fs::read(env::var_os(variable)?).unwrap();
    let start = bytes.windows(KEY.len()).position(|window| window == KEY).unwrap() + KEY.len();
    let (len, rest) = bytes[start..].split_first_chunk().unwrap();
    let len = usize::try_from(u64::from_le_bytes(*len)).unwrap();
    Some(String::from_utf8(rest[..len].to_vec()).unwrap())
}

fn template(name: &str) -> Option<String> {
    match name {
        "smollm2" => gguf_template("FIXWRIGHT_SMOLLM2_GGUF"),
        "qwen2.5" => gguf_template("FIXWRIGHT_QWEN25_CODER_05B_GGUF"),
        name => Some(fs::read_to_string(folder().join(format!("{name}.jinja"))).unwrap()),
    }
}

#[test]
fn conversations_are_written_down_as_transformers_does() {
    let expected = fs::read_to_string(folder().join("expected.jsonl")).unwrap();
    for line in expected.lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        let Some(source) = template(&case.template) else {
            println!("skipped: no file for {}", case.template);
            continue;
        };
        let template = ChatTemplate::new(&source, "<s>", "</s>").unwrap();
        let segments = template.render(&case.messages).unwrap();
        let text: String = segments.iter().map(Segment::as_str).collect();
        assert_eq!(text, case.expected, "{}", case.template);
        let contents: Vec<&str> =
            case.messages.iter().map(|message| message.content.as_str()).collect();
        assert_eq!(texts(&segments), contents, "{}", case.template);
    }
}

/// What the segments hold of the messages.
fn texts(segments: &[Segment]) -> Vec<&str> {
    let texts = segments.iter().filter_map(|segment| match segment {
        Segment::Text(text) => Some(text.as_str()),
        Segment::Markup(_) => None,
    });
    texts.collect()
}

fn refusal(source: &str, messages: &[Message]) -> String {
    let template = ChatTemplate::new(source, "", "");
    template.and_then(|template| template.render(messages)).unwrap_err().to_string()
}

fn user(content: &str) -> Message {
    Message::new(Role::User, content)
}

#[test]
fn contents_are_trimmed_and_never_interpreted() {
    let template = ChatTemplate::new("{{ messages[0].content }}|{{ messages[1].content }}", "", "");
    let template = template.unwrap();
    let odd = "{{ 1 + 1 }}{% endfor %}{# \u{10fffc}1\u{10fffd}";
    let segments = template.render(&[user(&format!(" {odd}\n")), user(" \n")]).unwrap();
    assert_eq!(segments, [Segment::Text(odd.to_owned()), Segment::Markup("|".to_owned())]);
}

#[test]
fn the_plain_template_writes_the_contents_alone() {
    let segments = ChatTemplate::plain().render(&[user("a"), user("b")]).unwrap();
    let gap = || Segment::Markup("\n\n".to_owned());
    let text = |text: &str| Segment::Text(text.to_owned());
    assert_eq!(segments, [text("a"), gap(), text("b"), gap()]);
}

#[test]
fn a_template_that_refuses_says_why() {
    let llama2 = template("llama-2").unwrap();
    let error = refusal(&llama2, &[user("a"), user("b")]);
    assert!(error.contains("turns must go user, assistant, user"), "{error}");
    let error = refusal("{% if %}", &[]);
    assert!(error.contains("chat template:1"), "{error}");
}

#[test]
fn a_template_must_write_every_message_once() {
    let error = refusal("{{ messages[0].content }}", &[user("a"), user("b")]);
    assert!(error.contains("leaves out message 2"), "{error}");
    let error =
        refusal("{{ messages[1].content }}{{ messages[0].content }}", &[user("a"), user("b")]);
    assert!(error.contains("message 2"), "{error}");
    let error = refusal("{{ messages[0].content * 2 }}", &[user("a")]);
    assert!(error.contains("writes a message twice"), "{error}");
}

#[test]
fn a_template_cannot_run_forever() {
    let endless = "{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}";
    let error = refusal(endless, &[]);
    assert!(error.contains("fuel"), "{error}");
    let error = refusal(&" ".repeat((1 << 20) + 1), &[]);
    assert!(error.contains("1048577 bytes"), "{error}");
}
