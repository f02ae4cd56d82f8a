//! The class of a defect, from the words that a sanitizer has for it.

/// The rule of a message such as `heap-use-after-free on address 0x..`, `attempting double-free on 0x..`,
/// `data race (pid=1)`.
pub(super) fn class(message: &str) -> Option<String> {
    /// Messages that do not begin with the name that the summary has for them.
    const NAMED: &[(&str, &str)] = &[
        ("attempting double-free", "double-free"),
        ("attempting free on address which was not malloc", "bad-free"),
        ("attempting to call malloc_usable_size", "bad-malloc_usable_size"),
        ("attempting to call __sanitizer_get_allocated_size", "bad-__sanitizer_get_allocated_size"),
        ("bad parameters to __sanitizer_annotate", "bad-__sanitizer_annotate_contiguous_container"),
        ("requested allocation size", "allocation-size-too-big"),
        ("calloc parameters overflow", "calloc-overflow"),
        ("reallocarray parameters overflow", "reallocarray-overflow"),
        ("pvalloc parameters overflow", "pvalloc-overflow"),
        ("allocator is out of memory", "out-of-memory"),
        ("specified RSS limit exceeded", "rss-limit-exceeded"),
        ("detected memory leaks", "memory-leak"),
    ];
    if let Some((_, name)) = NAMED.iter().find(|(begin, _)| message.starts_with(begin)) {
        return Some((*name).to_owned());
    }
    let ends = [" on ", " (", ":", " after ", " 0x"].iter().filter_map(|end| message.find(end));
    let words = message[..ends.min().unwrap_or(message.len())].trim();
    (!words.is_empty()).then(|| words.split_whitespace().collect::<Vec<_>>().join("-"))
}

/// The check of `-fsanitize=` that prints this `runtime error:`, and the name that its summary has for the defect.
///
/// None, if several checks print it. `division by zero` is taken for that of integers: the one of floating point
/// numbers, which says the same, is in none of the groups that switch on several checks.
pub(super) fn check(message: &str) -> Option<(&'static str, &'static str)> {
    let has = |part: &str| message.contains(part);
    let begins = |part: &str| message.starts_with(part);
    Some(match () {
        () if begins("signed integer overflow:") => {
            ("signed-integer-overflow", "signed-integer-overflow")
        }
        () if begins("unsigned integer overflow:") => {
            ("unsigned-integer-overflow", "unsigned-integer-overflow")
        }
        () if begins("negation of ") && has("cast to an unsigned type") => {
            ("signed-integer-overflow", "signed-integer-overflow")
        }
        () if begins("negation of ") => ("unsigned-integer-overflow", "unsigned-integer-overflow"),
        () if begins("division of ") && has(" by -1 cannot be represented") => {
            ("signed-integer-overflow", "signed-integer-overflow")
        }
        () if begins("division by zero") => ("integer-divide-by-zero", "integer-divide-by-zero"),
        () if begins("left shift of ") => ("shift-base", "invalid-shift-base"),
        () if begins("shift exponent ") => ("shift-exponent", "invalid-shift-exponent"),
        () if begins("index ") && has(" out of bounds") => ("bounds", "out-of-bounds-index"),
        () if begins("access out of bounds") => ("local-bounds", "local-out-of-bounds"),
        () if has(" misaligned address ") => ("alignment", "misaligned-pointer-use"),
        () if begins("assumption of ") && has(" byte alignment ") => {
            ("alignment", "alignment-assumption")
        }
        () if has(" with insufficient space for an object") => {
            ("object-size", "insufficient-object-size")
        }
        () if has(" which does not point to an object of type ") => {
            ("vptr", "dynamic-type-mismatch")
        }
        () if begins("applying ") && has("offset") && has("null pointer") => {
            ("pointer-overflow", "pointer-overflow")
        }
        () if has("pointer index expression with base ") => {
            ("pointer-overflow", "pointer-overflow")
        }
        () if has(" of unsigned offset ") && has(" overflowed to ") => {
            ("pointer-overflow", "pointer-overflow")
        }
        () if begins("null pointer passed as argument ") => {
            ("nonnull-attribute", "invalid-null-argument")
        }
        () if begins("null pointer returned from function ") => {
            ("returns-nonnull-attribute", "invalid-null-return")
        }
        () if has(" null pointer of type ") => ("null", "null-pointer-use"),
        () if has(" is outside the range of representable values ") => {
            ("float-cast-overflow", "float-cast-overflow")
        }
        () if begins("load of value ") && has("not a valid value for type") => {
            let boolean =
                ["'bool'", "'_Bool'", "'BOOL'", "'const bool'"].iter().any(|name| has(name));
            if boolean { ("bool", "invalid-bool-load") } else { ("enum", "invalid-enum-load") }
        }
        () if begins("variable length array bound ") => ("vla-bound", "non-positive-vla-index"),
        () if begins("execution reached the end of a value-returning function") => {
            ("return", "missing-return")
        }
        () if begins("execution reached ") => ("unreachable", "unreachable-call"),
        () if begins("passing zero to ") || begins("assumption is violated") => {
            ("builtin", "invalid-builtin-use")
        }
        () if begins("call to function ") && has("incorrect function type") => {
            ("function", "function-type-mismatch")
        }
        () if begins("control flow integrity check ") => ("cfi", "cfi-bad-type"),
        () if begins("invalid ObjC cast") => ("objc-cast", "invalid-objc-cast"),
        () if begins("implicit conversion ") => ("implicit-conversion", "implicit-conversion"),
        () => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes() {
        for (message, expected) in [
            ("heap-use-after-free on address 0x614 at pc 0x4f", "heap-use-after-free"),
            ("attempting double-free on 0x6020 in thread T0:", "double-free"),
            ("attempting free on address which was not malloc()-ed: 0x7f in thread T0", "bad-free"),
            ("SEGV on unknown address 0x000 (pc 0x00 T0)", "SEGV"),
            (
                "memcpy-param-overlap: memory ranges [0x1,0x2) and [0x1, 0x2) overlap",
                "memcpy-param-overlap",
            ),
            ("negative-size-param: (size=-1)", "negative-size-param"),
            ("odr-violation (0x000000):", "odr-violation"),
            ("use-of-uninitialized-value", "use-of-uninitialized-value"),
            ("data race (pid=12)", "data-race"),
            ("data race on vptr (ctor/dtor vs virtual call) (pid=12)", "data-race"),
            ("lock-order-inversion (potential deadlock) (pid=1)", "lock-order-inversion"),
            (
                "unlock of an unlocked mutex (or by a wrong thread) (pid=1)",
                "unlock-of-an-unlocked-mutex",
            ),
            ("timeout after 26 seconds", "timeout"),
            ("deadly signal", "deadly-signal"),
            ("CHECK failed: asan_x.cpp:3 \"((a)) == ((b))\"", "CHECK-failed"),
        ] {
            assert_eq!(class(message).as_deref(), Some(expected), "{message}");
        }
        assert_eq!(class(""), None);
    }

    #[test]
    fn checks() {
        for (message, expected) in [
            (
                "signed integer overflow: 2147483647 + 1 cannot be represented in type 'int'",
                "signed-integer-overflow",
            ),
            (
                "negation of -2147483648 cannot be represented in type 'int'; cast to an unsigned type to negate this value to itself",
                "signed-integer-overflow",
            ),
            (
                "division of -2147483648 by -1 cannot be represented in type 'int'",
                "signed-integer-overflow",
            ),
            ("left shift of 1 by 31 places cannot be represented in type 'int'", "shift-base"),
            ("shift exponent 40 is too large for 32-bit type 'int'", "shift-exponent"),
            ("index 5 out of bounds for type 'int [4]'", "bounds"),
            ("load of null pointer of type 'int'", "null"),
            ("member call on null pointer of type 'A'", "null"),
            (
                "store to misaligned address 0x7ffe for type 'int', which requires 4 byte alignment",
                "alignment",
            ),
            (
                "load of address 0x7f with insufficient space for an object of type 'int'",
                "object-size",
            ),
            ("member call on address 0x1 which does not point to an object of type 'B'", "vptr"),
            ("applying non-zero offset 4 to null pointer", "pointer-overflow"),
            (
                "null pointer passed as argument 1, which is declared to never be null",
                "nonnull-attribute",
            ),
            ("load of value 2, which is not a valid value for type 'bool'", "bool"),
            ("load of value 7, which is not a valid value for type 'enum E'", "enum"),
            (
                "1e+30 is outside the range of representable values of type 'int'",
                "float-cast-overflow",
            ),
            ("execution reached an unreachable program point", "unreachable"),
            ("execution reached a __builtin_unreachable() call", "unreachable"),
            (
                "execution reached the end of a value-returning function without returning a value",
                "return",
            ),
            ("variable length array bound evaluates to non-positive value -1", "vla-bound"),
            ("passing zero to ctz(), which is not a valid argument", "builtin"),
        ] {
            assert_eq!(check(message).map(|(id, _)| id), Some(expected), "{message}");
        }
        assert_eq!(check("This is not an actual error message"), None);
    }
}
