//! The weaknesses that a class of defects shows beyond doubt.

/// What an access did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// Numbers of the Common Weakness Enumeration for a class of defects in the tools' own words.
///
/// | class | weakness, in MITRE's words |
/// | --- | --- |
/// | out of bounds, reading | CWE-125 Out-of-bounds Read |
/// | out of bounds, writing | CWE-787 Out-of-bounds Write, with CWE-121 Stack-based Buffer Overflow or CWE-122 Heap-based Buffer Overflow |
/// | use after free | CWE-416 Use After Free |
/// | use after scope or return | CWE-825 Expired Pointer Dereference |
/// | double free | CWE-415 Double Free |
/// | free of what was not allocated | CWE-763 Release of Invalid Pointer or Reference |
/// | free by the wrong function | CWE-762 Mismatched Memory Management Routines |
/// | leak | CWE-401 Missing Release of Memory after Effective Lifetime |
/// | uninitialised value | CWE-457 Use of Uninitialized Variable |
/// | null pointer | CWE-476 NULL Pointer Dereference |
/// | integer overflow | CWE-190 Integer Overflow or Wraparound |
/// | division by zero | CWE-369 Divide By Zero |
/// | shift | CWE-1335 Incorrect Bitwise Shift of Integer |
/// | index out of bounds | CWE-129 Improper Validation of Array Index |
/// | conversion | CWE-681 Incorrect Conversion between Numeric Types |
/// | wrong dynamic type | CWE-843 Access of Resource Using Incompatible Type ('Type Confusion') |
/// | overlapping arguments | CWE-475 Undefined Behavior for Input to API |
/// | too large an allocation | CWE-789 Memory Allocation with Excessive Size Value |
/// | data race | CWE-362 Concurrent Execution using Shared Resource with Improper Synchronization ('Race Condition') |
/// | deadlock | CWE-833 Deadlock |
/// | unlock of what is not locked | CWE-832 Unlock of a Resource that is not Locked |
/// | assertion of the kernel | CWE-617 Reachable Assertion |
///
/// A class that may come from several weaknesses has none here: a segmentation fault, an abort, a hang.
pub(crate) fn weaknesses(class: &str, access: Option<Access>) -> &'static [u32] {
    match class {
        "heap-buffer-overflow" | "slab-out-of-bounds" => bounds(access, &[122, 787]),
        "stack-buffer-overflow" | "dynamic-stack-buffer-overflow" | "stack-out-of-bounds" => {
            bounds(access, &[121, 787])
        }
        "global-buffer-overflow"
        | "stack-buffer-underflow"
        | "container-overflow"
        | "intra-object-overflow"
        | "global-out-of-bounds"
        | "vmalloc-out-of-bounds"
        | "alloca-out-of-bounds"
        | "out-of-bounds" => bounds(access, &[787]),
        "heap-use-after-free" | "use-after-free" | "slab-use-after-free" => &[416],
        "stack-use-after-return" | "stack-use-after-scope" => &[825],
        "double-free" => &[415],
        "bad-free" | "invalid-free" | "double-free or invalid-free" | "InvalidFree" => &[763],
        "alloc-dealloc-mismatch" | "new-delete-type-mismatch" | "MismatchedFree" => &[762],
        "memory-leak" | "Leak_DefinitelyLost" | "Leak_IndirectlyLost" => &[401],
        "use-of-uninitialized-value" | "uninit-value" | "UninitCondition" | "UninitValue" => &[457],
        "null" | "null-ptr-deref" | "null-pointer-dereference" => &[476],
        "signed-integer-overflow" | "unsigned-integer-overflow" | "calloc-overflow" => &[190],
        "integer-divide-by-zero" | "divide-error" => &[369],
        "shift-exponent" | "shift-out-of-bounds" => &[1335],
        "bounds" | "array-index-out-of-bounds" => &[129],
        "float-cast-overflow" | "implicit-conversion" => &[681],
        "vptr" => &[843],
        "memcpy-param-overlap" | "strcpy-param-overlap" | "Overlap" => &[475],
        "allocation-size-too-big" => &[789],
        "data-race" | "Race" => &[362],
        "lock-order-inversion" | "LockOrder" | "circular-locking" | "recursive-locking" => &[833],
        "UnlockUnlocked" | "unlock-of-an-unlocked-mutex" => &[832],
        "kernel-BUG" => &[617],
        _ => &[],
    }
}

fn bounds(access: Option<Access>, write: &'static [u32]) -> &'static [u32] {
    match access {
        Some(Access::Read) => &[125],
        Some(Access::Write) => write,
        None => &[],
    }
}
