use zeroize::Zeroize;

/// More than reading, making or using a key takes.
const REACH_BYTES: usize = 48 * 1024;

/// Does `work` and then overwrites the stack it used: arithmetic on keys leaves copies there that nobody else wipes.
/// What `work` gives may point to a key and must not be one.
pub(crate) fn leaving_no_trace<T>(work: impl FnOnce() -> T) -> T {
    let given = below(work);
    overwrite();
    given
}

#[inline(never)]
fn below<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
fn overwrite() {
    let mut stack = [0xff_u8; REACH_BYTES];
    stack.zeroize();
    std::hint::black_box(&stack);
}
