//! The model is the slow part of an answer and takes every core it is given: cards and
//! search, which others wait for, go first.

/// How much later the model comes, in the system's steps of niceness: about a third of a
/// core's time against one other busy thread, all of it against none.
#[cfg(target_os = "linux")]
const NICENESS: std::ffi::c_int = 5;

/// Lowers the priority of the calling thread and of those that it starts from now on, a
/// model's helpers. Elsewhere than on Linux nothing happens.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
pub fn lower_priority() {
    use std::ffi::c_int;

    unsafe extern "C" {
        fn nice(increment: c_int) -> c_int;
    }
    // SAFETY: a plain system call, about the calling thread alone on Linux.
    unsafe { nice(NICENESS) };
}

/// Nothing: a thread's own priority is Linux's.
#[cfg(not(target_os = "linux"))]
pub fn lower_priority() {}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    /// Field 19 of a thread's `stat`; the name before may hold blanks.
    fn niceness() -> i32 {
        let stat = fs_err::read_to_string("/proc/thread-self/stat").unwrap();
        let (_, rest) = stat.rsplit_once(')').unwrap();
        rest.split_whitespace().nth(16).unwrap().parse().unwrap()
    }

    #[test]
    fn this_thread_and_its_helpers_come_later_and_others_do_not() {
        let before = niceness();
        let inside = std::thread::spawn(|| {
            super::lower_priority();
            (niceness(), std::thread::spawn(niceness).join().unwrap())
        });
        let expected = (before + super::NICENESS).min(19);
        assert_eq!(inside.join().unwrap(), (expected, expected));
        assert_eq!(niceness(), before);
    }
}
