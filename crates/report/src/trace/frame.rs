//! The frames of user-space stacks, and whose code they are in.

use std::sync::LazyLock;

use regex::Regex;

use super::Rank;
use crate::reference::{number, pattern};
use crate::{ColumnUnit, Location};

/// The frame in a line of a sanitizer's stack.
///
/// ```text
/// #1 0x4f4b44 in main src/a.cpp:5:10
/// #1 0x4f4b44 in main (/tmp/a.out+0x4b44) (BuildId: 1cea)
/// #1 main src/a.cpp:5:10 (a.out+0x4b44)
/// #1 0x4f4b44  (/tmp/a.out+0x4b44)
/// ```
pub(crate) fn frame(line: &str) -> Option<Location> {
    static FRAME: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^\s*#[0-9]+ (?:0x[0-9a-fA-F]+(?: in)? ?)?(?P<rest>.*?)(?: *\([^()]*\+0x[0-9a-f]+\))?(?: \(BuildId: [0-9a-f]+\))?$",
        )
    });
    let found = FRAME.captures(line.trim_end())?;
    let rest = found.name("rest")?.as_str();
    let rest = ["(??)", "<null>", "(<unknown module>)", "??:0", "??:?"]
        .iter()
        .find_map(|unknown| rest.strip_suffix(unknown))
        .unwrap_or(rest);
    let (function, path) = split(rest.trim());
    let mut location = path.map_or_else(Location::default, place);
    let function = function.strip_prefix("in ").unwrap_or(function);
    location.function = bare_name(function);
    location.mangled = Some(function.to_owned()).filter(|name| is_mangled(name));
    Some(location)
}

/// The function and the place that stand in one line with nothing but a space between them.
///
/// A function may have spaces in its parameters, and an absolute path may have some too; a relative path has none.
fn split(rest: &str) -> (&str, Option<&str>) {
    static ABSOLUTE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^| )(?:/|[A-Za-z]:[\\/]|<)"));
    static PLACED: LazyLock<Regex> = LazyLock::new(|| pattern(r":[0-9]+$"));
    if !PLACED.is_match(rest) {
        return (rest, None);
    }
    let at = ABSOLUTE.find(rest).map(|found| found.start()).or_else(|| rest.rfind(' '));
    match at {
        Some(at) => (rest[..at].trim(), Some(rest[at..].trim())),
        None => ("", Some(rest)),
    }
}

/// A place such as `src/a.cpp:5:10`; none of its numbers has to be there.
pub(crate) fn place(text: &str) -> Location {
    static PLACE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^(?P<path>.*?)(?::(?P<line>-?[0-9]+))?(?::(?P<column>[0-9]+))?$")
    });
    let found = PLACE.captures(text);
    let part = |name| found.as_ref().and_then(|found| found.name(name)).map(|part| part.as_str());
    let column = part("column").and_then(number);
    Location {
        path: part("path").filter(|path| !path.is_empty()).map(str::to_owned),
        line: part("line").and_then(number),
        column,
        // clang counts bytes, and so does what gcc compiles into a program.
        column_unit: column.map(|_| ColumnUnit::Byte),
        ..Location::default()
    }
}

fn is_mangled(name: &str) -> bool {
    name.starts_with("_Z") || name.starts_with("_R")
}

/// The name of a function without its parameters: `ns::f` of `ns::f(int) const`.
pub(crate) fn bare_name(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.find(" [").map_or(text, |clone| &text[..clone]);
    let mut depth = 0;
    let parameters = text.rfind(')').and_then(|close| {
        text[..=close].char_indices().rev().find_map(|(at, c)| {
            depth += i32::from(c == ')') - i32::from(c == '(');
            (depth == 0).then_some(at)
        })
    });
    // `(anonymous namespace)::f` has brackets that are part of its name, `operator()` of its operator.
    let name = match parameters {
        Some(at) if at > 0 && !text[at..].contains(")::") && !text[..at].ends_with("operator") => {
            &text[..at]
        }
        _ => text,
    };
    (!name.is_empty()).then(|| name.to_owned())
}

/// How well a frame of a user-space stack serves as the place of the defect.
///
/// Code that is not the program's own: the sanitizers' and valgrind's runtime, the C library, the libraries
/// of C++ with the templates in their headers, and what comes before `main`.
pub(crate) fn rank(frame: &Location) -> Rank {
    let path = frame.path.as_deref().unwrap_or_default();
    let function = frame.function.as_deref().unwrap_or_default();
    if is_system_path(path) || is_system_function(function) {
        Rank::Runtime
    } else if frame.line.is_some() {
        Rank::Own
    } else if frame.function.is_some() {
        Rank::Unplaced
    } else {
        Rank::Runtime
    }
}

fn is_system_path(path: &str) -> bool {
    const PARTS: &[&str] = &[
        "/compiler-rt/",
        "/libsanitizer/",
        "/sanitizer_common/",
        "/sysdeps/",
        "/glibc-",
        "/csu/",
        "/libstdc++-v3/",
        "/libcxx/",
        "/include/c++/",
        "/coregrind/",
    ];
    const STARTS: &[&str] = &[
        "/usr/include/",
        "/usr/lib/",
        "./nptl/",
        "./csu/",
        "./elf/",
        "./libio/",
        "./stdio-common/",
        "csu/",
        "nptl/",
        "vg_replace_",
    ];
    const FILES: &[&str] = &["asan_", "hwasan_", "lsan_", "msan_", "tsan_", "ubsan_", "sanitizer_"];
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    PARTS.iter().any(|part| path.contains(part))
        || STARTS.iter().any(|start| path.starts_with(start))
        || FILES.iter().any(|start| file.starts_with(start))
}

fn is_system_function(name: &str) -> bool {
    const STARTS: &[&str] = &[
        "__asan_",
        "___asan_",
        "__hwasan_",
        "__lsan_",
        "__msan_",
        "__tsan_",
        "__ubsan_",
        "__sanitizer_",
        "__interceptor_",
        "___interceptor_",
        "__libc_",
        "__GI_",
        "__pthread_",
        "__assert_",
        "__gnu_cxx::",
        "__static_initialization",
        "std::",
        "operator new",
        "operator delete",
        "fuzzer::",
        "pthread_",
    ];
    const NAMES: &[&str] = &[
        "_start",
        "start_thread",
        "clone",
        "clone3",
        "__clone",
        "__clone3",
        "abort",
        "raise",
        "gsignal",
        "malloc",
        "calloc",
        "realloc",
        "free",
        "memcpy",
        "memmove",
        "memset",
        "memcmp",
        "memchr",
        "strlen",
        "strcpy",
        "strncpy",
        "strcat",
        "strncat",
        "strcmp",
        "strncmp",
        "strchr",
        "strrchr",
        "strdup",
        "strndup",
        "printf",
        "fprintf",
        "sprintf",
        "snprintf",
        "vprintf",
        "vfprintf",
        "vsprintf",
        "vsnprintf",
        "puts",
        "qsort",
        "exit",
        "???",
    ];
    let name = name.strip_suffix("_impl").unwrap_or(name);
    STARTS.iter().any(|start| name.starts_with(start)) || NAMES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames() {
        for (line, function, place) in [
            ("    #0 0x4f4b44 in main files/asan.cpp:5:10", "main", "files/asan.cpp:5:10"),
            ("#1 0x7f334b52eb96 in __libc_start_main (??)", "__libc_start_main", "?"),
            ("#2 0x41aaf9 in _start (??)", "_start", "?"),
            (
                "#0 0x4f2962 in operator delete[](void*) asan_new_delete.cc:170:3",
                "operator delete[]",
                "asan_new_delete.cc:170:3",
            ),
            ("#0 0x55e in f (/tmp/b a/hac+0xa414e) (BuildId: 1cea805)", "f", "?"),
            ("#0 0x55e  (/tmp/build/hac+0xa414e)", "", "?"),
            ("#0 0x55e (<unknown module>)", "", "?"),
            (
                "#0 insert(unsigned long, int) files/tsan.cpp:18:14 (a.out+0x4b525b)",
                "insert",
                "files/tsan.cpp:18:14",
            ),
            ("#3 _start <null> (a.out+0x41c8d9)", "_start", "?"),
            ("#3 0x1 in main /home/a user/b c.c:3", "main", "/home/a user/b c.c:3"),
            ("#3 0x1 in main C:\\src\\a.c:3:7", "main", "C:\\src\\a.c:3:7"),
            (
                "#3 0x1 in std::vector<int, std::allocator<int> >::at(unsigned long) const /usr/include/c++/12/v.h:3",
                "std::vector<int, std::allocator<int> >::at",
                "/usr/include/c++/12/v.h:3",
            ),
            (
                "#3 0x1 in (anonymous namespace)::f(int) a.cc:3",
                "(anonymous namespace)::f",
                "a.cc:3",
            ),
            ("#3 0x1 in A::operator()(int) const a.cc:3", "A::operator()", "a.cc:3"),
            ("#3 0x1 in (anonymous namespace)::g a.cc:3", "(anonymous namespace)::g", "a.cc:3"),
            ("#3 0x1 in f(int) [clone .part.0] a.cc:3", "f", "a.cc:3"),
            ("#3 0x1 in _ZN1AC1Ev a.cc:3", "_ZN1AC1Ev", "a.cc:3"),
        ] {
            let found = frame(line).expect(line);
            assert_eq!(found.function.as_deref().unwrap_or(""), function, "{line}");
            assert_eq!(found.to_string(), place, "{line}");
        }
        assert_eq!(frame("#include <a.h>"), None);
    }

    #[test]
    fn ranks() {
        for (line, expected) in [
            ("#0 0x1 in main a.c:5:10", Rank::Own),
            ("#0 0x1 in main (/tmp/a+0x3)", Rank::Unplaced),
            ("#0 0x1 (/tmp/a+0x3)", Rank::Runtime),
            (
                "#0 0x1 in __interceptor_free ../../../../src/libsanitizer/asan/asan_malloc_linux.cpp:52",
                Rank::Runtime,
            ),
            (
                "#0 0x1 in __libc_start_call_main ../sysdeps/nptl/libc_start_call_main.h:58",
                Rank::Runtime,
            ),
            ("#0 0x1 in free (/tmp/a+0x3)", Rank::Runtime),
            ("#0 0x1 in operator new(unsigned long) (/tmp/a+0x3)", Rank::Runtime),
        ] {
            assert_eq!(rank(&frame(line).expect(line)), expected, "{line}");
        }
    }
}
