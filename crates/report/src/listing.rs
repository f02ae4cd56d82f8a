//! JSON objects that have a list of findings as a member.

use crate::input::Input;
use crate::json::{Json, Marks, Raw};
use crate::stream::{Halt, Sink};

/// How the findings of a format are listed, and what is done with them.
pub(crate) struct Listing<C> {
    /// The member that lists the findings.
    pub(crate) list: &'static str,
    /// How the way is found after damage.
    pub(crate) marks: Marks,
    /// Further members that say something about all findings.
    pub(crate) members: &'static [&'static str],
    /// Takes one of these members.
    pub(crate) member: fn(&mut C, &str, &Raw, &mut Sink<'_>) -> Result<(), Halt>,
    /// Takes a finding.
    pub(crate) element: fn(&C, &Raw, &mut Sink<'_>) -> Result<(), Halt>,
}

impl<C: Default> Listing<C> {
    /// Reads all objects of `input`, of which there is mostly one.
    pub(crate) fn read(&self, input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let mut json = Json::new(input)?;
        while json.peek()? == Some(b'{') {
            self.object(&mut json, sink)?;
            sink.recognised();
        }
        match json.peek()? {
            // An empty list says as much as an object with an empty list.
            Some(b'[') if json.is_empty_array()? => {
                sink.recognised();
                Ok(())
            }
            Some(_) => sink.warn(json.place(), "what follows the report is left out"),
            None => Ok(()),
        }
    }

    /// Reads the object that comes next.
    pub(crate) fn object(&self, json: &mut Json<'_, '_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let mut context = C::default();
        let mut ended = json.object(&mut |json, name| self.value(json, name, &mut context, sink));
        while let Err(Halt::Damaged(damage)) = ended {
            let element = &mut |raw: &Raw, sink: &mut Sink<'_>| (self.element)(&context, raw, sink);
            if !json.salvage(Some(damage), sink, &self.marks, element)? {
                return Ok(());
            }
            ended = json.members(&mut |json, name| self.value(json, name, &mut context, sink));
        }
        ended
    }

    fn value(
        &self,
        json: &mut Json<'_, '_>,
        name: &str,
        context: &mut C,
        sink: &mut Sink<'_>,
    ) -> Result<(), Halt> {
        if name == self.list && json.peek()? == Some(b'[') {
            sink.recognised();
            json.elements(sink, &self.marks, &mut |raw, sink| (self.element)(context, raw, sink))
        } else if self.members.contains(&name) {
            let raw = json.raw()?;
            (self.member)(context, name, &raw, sink)
        } else {
            json.skip()
        }
    }
}
