//! A model's own way of writing a conversation down.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, ErrorKind, context};
use serde::Serialize;

use crate::{Error, Message, Result};

/// What a conversation looks like to a model without a template of its own: the turns, an empty line after each.
const PLAIN: &str = "{% for message in messages %}{{ message.content }}\n\n{% endfor %}";

/// The name under which the one template is known, to itself and in its errors.
const NAME: &str = "chat template";

/// How many instructions of a template may run. Templates of real models need a few thousand.
const FUEL: u64 = 1_000_000;

/// The largest template in bytes. Those of real models stay under 32 KiB.
const MAX_TEMPLATE: usize = 1 << 20;

/// A part of a rendered conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Written by the template: control tokens are to be recognised in it.
    Markup(String),
    /// What a [`Message`] says: text, whatever it looks like.
    Text(String),
}

impl Segment {
    /// The text, of whichever kind.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Markup(text) | Self::Text(text) => text,
        }
    }
}

/// A chat template in the language of Jinja, as `tokenizer_config.json` and GGUF files carry it.
///
/// It is run as transformers runs it: `messages`, `add_generation_prompt`, `bos_token` and `eos_token` are there, `tools` and `documents` are
/// none, blocks are trimmed, methods of Python's strings and `raise_exception` work. `strftime_now` is left undefined, on which
/// templates fall back to a fixed date, so that a prompt does not depend on the day.
///
/// The template sees a placeholder where a message's content is, so what a message says can neither act as a template nor end up in
/// [`Segment::Markup`]. For the same reason it cannot trim contents, as many templates do: contents are trimmed beforehand, for
/// every template alike.
#[derive(Debug)]
pub struct ChatTemplate {
    environment: Environment<'static>,
    bos: String,
    eos: String,
}

impl ChatTemplate {
    /// Compiles a template. `bos` and `eos` are the texts of the tokens that begin and end a sequence.
    ///
    /// How long a template may be and run is limited, how much memory it may take is not: texts can be joined to ever longer ones.
    ///
    /// # Errors
    ///
    /// [`Error::ChatTemplate`] if it does not compile.
    pub fn new(source: &str, bos: &str, eos: &str) -> Result<Self> {
        if source.len() > MAX_TEMPLATE {
            return Err(refusal(format!(
                "it has {} bytes, at most {MAX_TEMPLATE} are read",
                source.len()
            )));
        }
        let mut environment = Environment::new();
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.map_err(engine)?);
        environment.set_fuel(Some(FUEL));
        environment
            .set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.add_function("raise_exception", refuse);
        environment.add_template_owned(NAME, source.to_owned()).map_err(engine)?;
        Ok(Self { environment, bos: bos.to_owned(), eos: eos.to_owned() })
    }

    /// The template for a model that has none: the contents alone, with an empty line after each.
    pub fn plain() -> Self {
        Self::new(PLAIN, "", "").expect("the built-in template compiles")
    }

    /// Writes a conversation down, up to where the model's turn begins.
    ///
    /// # Errors
    ///
    /// [`Error::ChatTemplate`] if the template refuses the messages, runs for too long, or leaves a message out.
    ///
    /// ```
    /// use fixwright_prompt::{ChatTemplate, Message, Role, Segment};
    ///
    /// let template = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}<assistant>";
    /// let template = ChatTemplate::new(template, "", "")?;
    /// let segments = template.render(&[Message::new(Role::User, "what is <user>?")])?;
    /// assert_eq!(segments, [
    ///     Segment::Markup("<user>".into()),
    ///     Segment::Text("what is <user>?".into()),
    ///     Segment::Markup("<assistant>".into()),
    /// ]);
    /// # Ok::<(), fixwright_prompt::Error>(())
    /// ```
    pub fn render(&self, messages: &[Message]) -> Result<Vec<Segment>> {
        let contents: Vec<&str> = messages.iter().map(|message| message.content.trim()).collect();
        let turns = messages.iter().enumerate().map(|(index, message)| Turn {
            role: message.role.name(),
            content: placeholder(index, contents[index]),
        });
        let turns: Vec<Turn> = turns.collect();
        let template = self.environment.get_template(NAME).map_err(engine)?;
        let text = template.render(context! {
            messages => Serde(&turns),
            add_generation_prompt => true,
            bos_token => &self.bos,
            eos_token => &self.eos,
            tools => (),
            documents => (),
        });
        segments(&text.map_err(engine)?, &contents)
    }
}

/// A message as the template sees it.
#[derive(Serialize)]
struct Turn {
    role: &'static str,
    content: String,
}

/// Characters of the last private plane, which no text that a template writes has a use for.
const OPEN: char = '\u{10fffc}';
const CLOSE: char = '\u{10fffd}';

/// Stands for a content. An empty one stands for itself, as templates ask for emptiness.
fn placeholder(index: usize, content: &str) -> String {
    if content.is_empty() { String::new() } else { format!("{OPEN}{index}{CLOSE}") }
}

/// Puts the contents in the place of their placeholders; each must be there, in order and once.
fn segments(text: &str, contents: &[&str]) -> Result<Vec<Segment>> {
    let mut segments = Vec::new();
    let mut rest = text;
    for (index, content) in contents.iter().enumerate().filter(|(_, content)| !content.is_empty()) {
        let (markup, after) = rest.split_once(&placeholder(index, content)).ok_or_else(|| {
            refusal(format!(
                "it leaves out message {}, or puts it before an earlier one",
                index + 1
            ))
        })?;
        segments.push(Segment::Markup(markup.to_owned()));
        segments.push(Segment::Text((*content).to_owned()));
        rest = after;
    }
    segments.push(Segment::Markup(rest.to_owned()));
    segments.retain(|segment| *segment != Segment::Markup(String::new()));
    let stray = |segment: &Segment| matches!(segment, Segment::Markup(text) if text.contains([OPEN, CLOSE]));
    if segments.iter().any(stray) {
        return Err(refusal("it writes a message twice or changes what it says".to_owned()));
    }
    Ok(segments)
}

/// Python's `raise_exception`, by which a template refuses a conversation.
fn refuse(message: String) -> Result<String, minijinja::Error> {
    Err(minijinja::Error::new(ErrorKind::InvalidOperation, message))
}

fn refusal(what: String) -> Error {
    Error::ChatTemplate { what }
}

/// The template engine's own words.
#[expect(clippy::needless_pass_by_value, reason = "what `map_err` gives")]
fn engine(error: minijinja::Error) -> Error {
    refusal(error.to_string())
}
