//! Stacks, innermost frame first.

use crate::reference::number;
use crate::xml::Element;
use crate::{Location, Step};

/// A function that was running.
pub(super) struct Frame {
    pub(super) step: Step,
    /// The program or library that it is in.
    object: String,
}

impl Frame {
    /// A frame of the `flow`-th stack of an error, which `tag` is said of.
    pub(super) fn new(mut frame: Element, tag: Option<&str>, flow: u32) -> Self {
        let signature = frame.text_of("fn");
        let mut location = place(&mut frame);
        location.function = signature.as_deref().map(|name| without_parameters(name).to_owned());
        let (ip, object) = (frame.text_of("ip"), frame.text_of("obj").unwrap_or_default());
        let mut message = signature.or(ip).unwrap_or_default();
        if location.path.is_none() && !object.is_empty() {
            message.push_str(&format!(" (in {object})"));
        }
        let mut step = Step::new(location, message);
        step.tag = tag.map(str::to_owned);
        step.flow = flow;
        Self { step, object }
    }

    fn has_file(&self) -> bool {
        self.step.location.path.is_some()
    }

    /// Whether it is in a function that valgrind has put in place of the program's.
    fn is_of_valgrind(&self) -> bool {
        let path = self.step.location.path.as_deref();
        let file = path.and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        self.object.contains("/vgpreload_")
            || file.starts_with("vg_replace_")
            || file.ends_with("_intercepts.c")
    }

    /// Whether it is in a library of the system.
    fn is_of_system(&self) -> bool {
        const FOLDERS: [&str; 7] = [
            "/lib/",
            "/lib32/",
            "/lib64/",
            "/usr/lib/",
            "/usr/lib32/",
            "/usr/lib64/",
            "/usr/libexec/",
        ];
        FOLDERS.iter().any(|folder| self.object.starts_with(folder))
    }
}

/// The file and line that an element names.
pub(super) fn place(element: &mut Element) -> Location {
    let file = element.text_of("file");
    let path = match (element.text_of("dir"), file) {
        (Some(folder), Some(file)) if !file.starts_with('/') => Some(format!("{folder}/{file}")),
        (_, file) => file,
    };
    let line = element.text_of("line").as_deref().and_then(number);
    Location { path, line, ..Location::default() }
}

/// The place of the first frame that is in the program, or else of the first that has a file, or any.
pub(super) fn culprit(stack: &[Frame]) -> Location {
    let outside = |frame: &&Frame| frame.has_file() && !frame.is_of_valgrind();
    let in_program = |frame: &&Frame| outside(frame) && !frame.is_of_system();
    let found = stack.iter().find(in_program).or_else(|| stack.iter().find(outside));
    found.or(stack.first()).map(|frame| frame.step.location.clone()).unwrap_or_default()
}

/// The name in a signature as the linker's names read in full: what stands before its parameters.
fn without_parameters(signature: &str) -> &str {
    let Some(last) = signature.rfind(')') else { return signature };
    let mut depth = 0;
    for (at, byte) in signature.as_bytes()[..=last].iter().enumerate().rev() {
        match byte {
            b')' => depth += 1,
            b'(' if depth == 1 => return if at == 0 { signature } else { &signature[..at] },
            b'(' => depth -= 1,
            _ => {}
        }
    }
    signature
}

#[cfg(test)]
mod tests {
    use super::without_parameters;

    #[test]
    fn signatures() {
        for (signature, name) in [
            ("main", "main"),
            ("f(int, char (*)(long))", "f"),
            ("A::operator()(int) const", "A::operator()"),
            ("operator new[](unsigned long)", "operator new[]"),
            (
                "std::vector<int, std::allocator<int> >::push_back(int const&)",
                "std::vector<int, std::allocator<int> >::push_back",
            ),
            ("(below main)", "(below main)"),
        ] {
            assert_eq!(without_parameters(signature), name);
        }
    }
}
