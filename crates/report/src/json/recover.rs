//! Past damage to the next finding.
//!
//! Where the brackets, quotes and commas of a list of findings cannot be trusted any more, the names in it still
//! can: what follows is searched for an object with the names that a finding has, wherever it begins. Every
//! `{` is tried, also those inside what was damaged, so that a missing quote or bracket costs no more than the
//! finding it is missing in.

use std::io::BufRead as _;

use super::{Json, Outline, Raw};
use crate::stream::{Halt, Sink};
use crate::{Place, Warning};

/// How many times the bytes of an input may be read again, on the average.
const REPEATS: usize = 16;
/// As far as a name and the colon behind it are looked for, in bytes.
const NAME: usize = 64;

/// By what names a reader finds its way again after damage.
pub(crate) struct Marks {
    /// An element of the array is an object that has one name of each group.
    pub(crate) element: &'static [&'static [&'static str]],
    /// Members of the object around the array that stand nowhere else, where the reader can go on with
    /// [`Json::members`]. None is needed.
    pub(crate) around: &'static [&'static str],
}

/// Where reading goes on after damage.
enum Resumed {
    /// Behind this element.
    Element(Raw),
    /// In front of the name of a member of the object around.
    Member,
    /// Nowhere: the input has ended.
    End,
}

/// What takes the elements of an array.
pub(crate) type Take<'t> = &'t mut dyn FnMut(&Raw, &mut Sink<'_>) -> Result<(), Halt>;

/// What an array has next.
enum Next {
    Element(Raw),
    Close,
    Damage(Warning),
}

impl Json<'_, '_> {
    /// Walks the elements of the array that comes next, past damage to the next one that can be read.
    ///
    /// What is wrong inside an element, `element` says by [`Halt::Damaged`] (`raw.read()?` does); it becomes a
    /// warning and costs that element. Where the text itself is damaged, a warning says from where to
    /// where it is left out.
    ///
    /// # Errors
    ///
    /// [`Halt::Damaged`], if no further element comes behind some damage; the input is then in front of a
    /// member of [`Marks::around`], or at its end.
    pub(crate) fn elements(
        &mut self,
        sink: &mut Sink<'_>,
        marks: &Marks,
        element: Take<'_>,
    ) -> Result<(), Halt> {
        self.expect(b'[', "an array")?;
        if self.closes(b']')? {
            return Ok(());
        }
        let first = self.element()?;
        self.rest_of_elements(first, sink, marks, element)
    }

    /// Goes on behind damage, if that is why, with every element that is found there.
    ///
    /// `true`, if the input is now in front of a member of the object around; `false`, if it has ended.
    pub(crate) fn salvage(
        &mut self,
        mut damage: Option<Warning>,
        sink: &mut Sink<'_>,
        marks: &Marks,
        element: Take<'_>,
    ) -> Result<bool, Halt> {
        loop {
            let resumed = self.resume(marks)?;
            let until = if let Resumed::Element(raw) = &resumed { raw.place } else { self.place() };
            if let Some(damage) = damage.take() {
                left_out(&damage, until, sink)?;
            }
            let Resumed::Element(raw) = resumed else {
                return Ok(matches!(resumed, Resumed::Member));
            };
            match self.rest_of_elements(Next::Element(raw), sink, marks, element) {
                Err(Halt::Damaged(further)) => damage = Some(further),
                other => other?,
            }
        }
    }

    fn rest_of_elements(
        &mut self,
        mut next: Next,
        sink: &mut Sink<'_>,
        marks: &Marks,
        element: Take<'_>,
    ) -> Result<(), Halt> {
        loop {
            let raw = match next {
                Next::Close => return Ok(()),
                Next::Element(raw) => raw,
                Next::Damage(damage) => match self.resume(marks)? {
                    Resumed::Element(raw) => {
                        left_out(&damage, raw.place, sink)?;
                        raw
                    }
                    Resumed::Member | Resumed::End => return Err(Halt::Damaged(damage)),
                },
            };
            match element(&raw, sink) {
                Err(Halt::Damaged(damage)) => sink.warn(damage.place, damage.message)?,
                other => other?,
            }
            next = self.separated(sink)?;
        }
    }

    /// What comes next in front of an element.
    fn element(&mut self) -> Result<Next, Halt> {
        let (raw, damage) = self.attempt()?;
        let Some(damage) = damage else { return Ok(Next::Element(raw)) };
        self.reread(&raw.bytes, raw.place, 1);
        let message = format!("{}, at {}", damage.message, damage.place);
        Ok(Next::Damage(Warning::new(raw.place, message)))
    }

    /// What comes next behind an element.
    fn separated(&mut self, sink: &mut Sink<'_>) -> Result<Next, Halt> {
        if self.closes(b']')? {
            return Ok(Next::Close);
        }
        if !self.closes(b',')? {
            return Ok(Next::Damage(self.damage("expected `,` or `]`")));
        }
        let place = self.place();
        if !self.closes(b']')? {
            return self.element();
        }
        sink.warn(place, "damaged JSON: nothing between `,` and `]`")?;
        Ok(Next::Close)
    }

    /// Looks for the next place from which reading can go on.
    fn resume(&mut self, marks: &Marks) -> Result<Resumed, Halt> {
        loop {
            let chunk = self.input.chunk()?;
            if chunk.is_empty() {
                return Ok(Resumed::End);
            }
            let Some(at) = memchr::memchr2(b'{', b'"', chunk) else {
                let all = chunk.len();
                self.input.consume(all);
                continue;
            };
            let brace = chunk[at] == b'{';
            self.input.consume(at);
            if brace {
                if let Some(raw) = self.candidate(marks)? {
                    return Ok(Resumed::Element(raw));
                }
            } else if self.is_before(marks.around)? {
                return Ok(Resumed::Member);
            } else {
                self.input.consume(1);
            }
        }
    }

    /// The object that comes next, if it is an element; else the input is one byte further.
    fn candidate(&mut self, marks: &Marks) -> Result<Option<Raw>, Halt> {
        let (raw, damage) = self.attempt()?;
        if damage.is_none() && marks.fit(&raw.bytes) {
            return Ok(Some(raw));
        }
        self.reread(&raw.bytes, raw.place, 1);
        Ok(None)
    }

    /// Gives `bytes`, which began at `place`, back to be read again from their byte `from` on.
    ///
    /// A hostile input cannot have this done over and over: beyond a limit the bytes stay read.
    fn reread(&mut self, bytes: &[u8], place: Place, from: usize) {
        let from = from.min(bytes.len());
        if self.repeated <= REPEATS * self.input.place().byte + (1 << 20) {
            self.repeated += bytes.len();
            self.input.give_back(&bytes[from..], place.after(&bytes[..from]));
        }
    }

    /// Whether one of these names in quotes comes next, and a colon.
    fn is_before(&mut self, names: &[&str]) -> Result<bool, Halt> {
        let ahead = self.input.ahead(NAME)?;
        Ok(names.iter().any(|name| {
            let rest =
                ahead.strip_prefix(b"\"").and_then(|rest| rest.strip_prefix(name.as_bytes()));
            let rest = rest.and_then(|rest| rest.strip_prefix(b"\""));
            rest.is_some_and(|rest| rest.trim_ascii_start().starts_with(b":"))
        }))
    }
}

impl Marks {
    fn fit(&self, object: &[u8]) -> bool {
        let outline = Outline::of(object).unwrap_or_default();
        self.element.iter().all(|group| group.iter().any(|name| outline.has(name)))
    }
}

fn left_out(damage: &Warning, until: Place, sink: &mut Sink<'_>) -> Result<(), Halt> {
    sink.warn(damage.place, format!("{}; what stands before {until} is left out", damage.message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Input;
    use crate::{BugReport, Event, Format};
    use std::ops::ControlFlow;

    const MARKS: Marks = Marks { element: &[&["id"], &["at", "in"]], around: &["tool"] };

    /// The ids that are found in a list, and what is said to be left out of it.
    fn found(text: &str) -> (Vec<u32>, Vec<(usize, String)>) {
        #[derive(serde::Deserialize)]
        struct Element {
            id: u32,
        }
        let (mut ids, mut warnings) = (Vec::new(), Vec::new());
        let mut input = Input::new(text.as_bytes(), Place::START);
        let mut on_event = |event| {
            if let Event::Warning(Warning { place, message }) = event {
                warnings.push((place.byte, message));
            }
            ControlFlow::Continue(())
        };
        let mut sink = Sink::new(Format::Cid, &mut on_event);
        let mut json = Json::new(&mut input).expect("memory does not fail");
        let ended = json.elements(&mut sink, &MARKS, &mut |raw, sink| {
            ids.push(raw.read::<Element>()?.id);
            sink.report(BugReport::default())
        });
        if let Err(Halt::Damaged(damage)) = ended {
            warnings.push((damage.place.byte, damage.message));
        }
        (ids, warnings)
    }

    #[test]
    fn damage_costs_only_what_it_is_in() {
        let whole = r#"[{"id": 1, "at": {"x": "a"}}, {"id": 2, "at": [3]}, {"id": 3, "in": "{"}]"#;
        assert_eq!(found(whole), (vec![1, 2, 3], vec![]));
        for (from, to, ids) in [
            (r#""a"}}, "#, r#"a"}}, "#, &[2, 3][..]),
            (r#""a"}}, "#, r#""a}}, "#, &[2, 3]),
            (r#""a"}}, "#, r#""a"}, "#, &[2, 3]),
            (r#""a"}}, "#, r#""a"}} "#, &[1, 2, 3]),
            (r#""a"}}, "#, r#""a"}}}, "#, &[1, 2, 3]),
            (r#""a"}}, "#, r#""a"}}, ,,"#, &[1, 2, 3]),
            (r#""a"}}, "#, r#""a"}}, <hr>, "#, &[1, 2, 3]),
            (r#"[3]}"#, r#"[3}"#, &[1, 3]),
            (r#"[3]}"#, r#"[3]]"#, &[1, 3]),
            (r#"{"id": 2"#, r#""id": 2"#, &[1, 3]),
            (r#"{"id": 2"#, r#"{"id: 2"#, &[1, 3]),
            (r#"{"id": 2"#, r#"{id": 2"#, &[1, 3]),
            (r#"{"id": 2"#, r#"{"id" 2"#, &[1, 3]),
            (r#"{"id": 2"#, r#"{"id": "2""#, &[1, 3]),
            (r#"{"id": 2"#, r#"{"id": -"#, &[1, 3]),
            (r#"{"id": 2, "at": [3]}"#, "null", &[1, 3]),
            ("\"{\"}]", "\"{\"},]", &[1, 2, 3]),
            ("\"{\"}]", "\"{\"}", &[1, 2, 3]),
            ("\"{\"}]", "\"{\"", &[1, 2]),
        ] {
            let damaged = whole.replace(from, to);
            assert_ne!(damaged, whole);
            let (found, warnings) = found(&damaged);
            assert_eq!(found, ids, "{damaged}");
            assert!((1..=2).contains(&warnings.len()), "{damaged}: {warnings:?}");
        }
    }

    #[test]
    fn a_warning_says_from_where_to_where() {
        let (ids, warnings) = found("[{\"id\": 1, \"at\": \"a},\n{\"id\": 2, \"at\": 1}]");
        assert_eq!(ids, [2]);
        let said = "damaged JSON: a line break inside a string, at line 1 (byte 21); what stands before line 2 (byte \
                    22) is left out";
        assert_eq!(warnings, [(1, said.to_owned())]);
    }

    #[test]
    fn the_members_around_end_the_search() {
        let (ids, warnings) = found(r#"[{"id": 1, "at": "a}], "tool": {"id": 9, "at": 0}}"#);
        assert_eq!(ids, [0; 0]);
        assert_eq!(warnings.len(), 1);
    }

    #[test]
    fn hostile_nesting_takes_linear_time() {
        let nested = r#"{"a":["#.repeat(63);
        let text = format!("[{}", format!("{nested}{}", "1,".repeat(1000)).repeat(100));
        let mut input = Input::new(text.as_bytes(), Place::START);
        let mut json = Json::new(&mut input).expect("memory does not fail");
        assert!(matches!(json.resume(&MARKS), Ok(Resumed::End)));
        assert!(json.repeated <= (REPEATS + 1) * text.len() + (1 << 20));
    }
}
