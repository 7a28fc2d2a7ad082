//! A few threads that share out the chunks of one job after another.
//!
//! A decoder gives out some 140 jobs a token, most of them a hundred microseconds long.
//! So a thread without work looks for the next job busily for a while and sleeps after
//! that. Chunks are handed out one by one, and a thread that lost its core to somebody
//! else is not waited for unless it is in the middle of a chunk.

use std::any::Any;
use std::cell::UnsafeCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, Thread};

/// How often a thread looks for work before it sleeps, about 50 µs. The serial parts
/// between two jobs of a pass take 1 to 10 µs.
const LOOKS: usize = 1000;

/// Low bits of [`Shared::state`]: helpers inside the job.
const INSIDE: u64 = 0xFFFF;
/// Set while helpers may enter the job.
const OPEN: u64 = 0x1_0000;
/// One more job.
const EPOCH: u64 = 0x2_0000;

type Work = dyn Fn(usize) + Sync;

/// The job at hand: what to do with each index below `count`.
#[derive(Clone, Copy)]
struct Job {
    work: &'static Work,
    count: usize,
}

struct Shared {
    state: AtomicU64,
    job: UnsafeCell<Option<Job>>,
    next: AtomicUsize,
    quit: AtomicBool,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

// SAFETY: `job` is written by the pool's owner only while no helper is inside and none can
// enter, and read by helpers only while they are inside.
#[allow(unsafe_code)]
unsafe impl Sync for Shared {}

struct Helper {
    asleep: Arc<AtomicBool>,
    thread: Thread,
    handle: Option<JoinHandle<()>>,
}

/// The threads: the caller's own and its helpers.
pub struct Pool {
    shared: Arc<Shared>,
    helpers: Vec<Helper>,
}

impl Pool {
    /// A pool of `threads`, the caller's included. Helpers that cannot be started are
    /// done without.
    pub fn new(threads: usize) -> Self {
        let shared = Arc::new(Shared {
            state: AtomicU64::new(0),
            job: UnsafeCell::new(None),
            next: AtomicUsize::new(0),
            quit: AtomicBool::new(false),
            panic: Mutex::new(None),
        });
        let helpers = (1..threads.clamp(1, 64))
            .map_while(|at| start(at, &shared).ok())
            .collect();
        Self { shared, helpers }
    }

    /// Threads, the caller's included.
    pub fn threads(&self) -> usize {
        self.helpers.len() + 1
    }

    /// Cuts `data` into chunks of `size` and works on all of them, with their numbers.
    pub fn chunks<T: Send>(
        &mut self,
        data: &mut [T],
        size: usize,
        work: impl Fn(usize, &mut [T]) + Sync,
    ) {
        self.chunks_of_two((data, size), (&mut [(); 0], 0), |at, chunk, _| {
            work(at, chunk);
        });
    }

    /// The same over two slices cut alike; the second may have fewer chunks.
    pub fn chunks_of_two<A: Send, B: Send>(
        &mut self,
        (a, size_a): (&mut [A], usize),
        (b, size_b): (&mut [B], usize),
        work: impl Fn(usize, &mut [A], &mut [B]) + Sync,
    ) {
        let count = if size_a == 0 {
            0
        } else {
            a.len().div_ceil(size_a)
        };
        let (a, b) = (Pieces::new(a, size_a), Pieces::new(b, size_b));
        self.run(count, &|at| {
            // SAFETY: `run` gives each number to one call only, and both borrows outlive it.
            #[allow(unsafe_code)]
            let (a, b) = unsafe { (a.piece(at), b.piece(at)) };
            work(at, a, b);
        });
    }

    /// Calls `work` once with each number below `count`.
    fn run(&mut self, count: usize, work: &(dyn Fn(usize) + Sync)) {
        if count < 2 || self.helpers.is_empty() {
            (0..count).for_each(work);
            return;
        }
        let shared = &*self.shared;
        // SAFETY: no helper is inside and none can enter before `OPEN` is set. The lifetime
        // of `work` is forgotten here; `Closing` waits for all helpers before it ends.
        #[allow(unsafe_code)]
        unsafe {
            let work = std::mem::transmute::<&(dyn Fn(usize) + Sync), &'static Work>(work);
            *shared.job.get() = Some(Job { work, count });
        }
        shared.next.store(0, Ordering::Relaxed);
        let epoch = shared.state.load(Ordering::Relaxed) & !(OPEN | INSIDE);
        let open = epoch.wrapping_add(EPOCH) | OPEN;
        shared.state.store(open, Ordering::SeqCst);
        for helper in &self.helpers {
            if helper.asleep.swap(false, Ordering::SeqCst) {
                helper.thread.unpark();
            }
        }
        let closing = Closing(shared);
        shared.share(count, work);
        drop(closing);
        let panic = shared.panic.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(panic) = { panic }.take() {
            resume_unwind(panic);
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.quit.store(true, Ordering::SeqCst);
        for helper in &mut self.helpers {
            helper.thread.unpark();
            if let Some(handle) = helper.handle.take() {
                // A helper catches what panics in it, so there is nothing to learn here.
                let _ = handle.join();
            }
        }
    }
}

/// Ends a job, also when the owner's own share of it panicked: lets nobody in any more
/// and waits for those inside.
struct Closing<'a>(&'a Shared);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.state.fetch_and(!OPEN, Ordering::AcqRel);
        let mut looks = 0;
        while self.0.state.load(Ordering::Acquire) & INSIDE != 0 {
            looks += 1;
            if looks < LOOKS {
                std::hint::spin_loop();
            } else {
                // The helper may have lost its core: it can have this one.
                std::thread::yield_now();
            }
        }
    }
}

impl Shared {
    /// Takes numbers of a job until none is left.
    fn share(&self, count: usize, work: &(dyn Fn(usize) + Sync)) {
        loop {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return;
            }
            work(at);
        }
    }

    /// A helper's life.
    fn help(&self, asleep: &AtomicBool) {
        let mut done = 0;
        while let Some(state) = self.wait(done, asleep) {
            let enter =
                self.state
                    .compare_exchange(state, state + 1, Ordering::Acquire, Ordering::Relaxed);
            if enter.is_err() {
                continue;
            }
            done = state & !(OPEN | INSIDE);
            // SAFETY: inside the job, so nobody writes it and its closure is alive: the
            // owner waits until everybody has left.
            #[allow(unsafe_code)]
            let job = unsafe { *self.job.get() };
            if let Some(Job { work, count }) = job
                && let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.share(count, work)))
            {
                let mut first = self.panic.lock().unwrap_or_else(PoisonError::into_inner);
                first.get_or_insert(panic);
            }
            self.state.fetch_sub(1, Ordering::Release);
        }
    }

    /// Waits for an open job other than `done`; none when the pool is given up.
    fn wait(&self, done: u64, asleep: &AtomicBool) -> Option<u64> {
        let mut looks = 0;
        while !self.quit.load(Ordering::SeqCst) {
            let state = self.state.load(Ordering::SeqCst);
            if state & OPEN != 0 && state & !(OPEN | INSIDE) != done {
                asleep.store(false, Ordering::SeqCst);
                return Some(state);
            }
            looks += 1;
            match looks.cmp(&LOOKS) {
                std::cmp::Ordering::Less => std::hint::spin_loop(),
                // One more look after saying so, or a job given out just now is missed.
                std::cmp::Ordering::Equal => asleep.store(true, Ordering::SeqCst),
                std::cmp::Ordering::Greater => {
                    std::thread::park();
                    looks = 0;
                }
            }
        }
        None
    }
}

fn start(at: usize, shared: &Arc<Shared>) -> std::io::Result<Helper> {
    let asleep = Arc::new(AtomicBool::new(false));
    let (theirs, flag) = (Arc::clone(shared), Arc::clone(&asleep));
    let handle = std::thread::Builder::new()
        .name(format!("model-{at}"))
        .spawn(move || theirs.help(&flag))?;
    Ok(Helper {
        asleep,
        thread: handle.thread().clone(),
        handle: Some(handle),
    })
}

/// A slice cut into pieces that several threads take one each of.
struct Pieces<T> {
    start: *mut T,
    len: usize,
    size: usize,
}

// SAFETY: pieces do not overlap, and `T: Send` may be worked on by another thread.
#[allow(unsafe_code)]
unsafe impl<T: Send> Sync for Pieces<T> {}

impl<T> Pieces<T> {
    fn new(data: &mut [T], size: usize) -> Self {
        Self {
            start: data.as_mut_ptr(),
            len: data.len(),
            size,
        }
    }

    /// Piece number `at`, empty past the end.
    ///
    /// # Safety
    /// The slice is still borrowed, and nobody else takes the same piece.
    #[allow(unsafe_code, clippy::mut_from_ref)]
    unsafe fn piece(&self, at: usize) -> &mut [T] {
        let from = self.len.min(at.saturating_mul(self.size));
        let len = self.size.min(self.len - from);
        // SAFETY: within the slice by the two minima; exclusive by the caller's promise.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(from), len) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chunk_is_worked_on_once() {
        for threads in [1, 2, 5] {
            let mut pool = Pool::new(threads);
            for length in [0usize, 1, 7, 64, 1000] {
                let mut data = vec![0usize; length];
                for _ in 0..50 {
                    pool.chunks(&mut data, 3, |at, chunk| {
                        for (offset, x) in chunk.iter_mut().enumerate() {
                            *x += at * 3 + offset;
                        }
                    });
                }
                let expected: Vec<_> = (0..length).map(|at| at * 50).collect();
                assert_eq!(data, expected, "{threads} threads");
            }
        }
    }

    #[test]
    fn two_slices_are_cut_alike() {
        let mut pool = Pool::new(2);
        let (mut a, mut b) = (vec![1u8; 10], vec![0usize; 5]);
        pool.chunks_of_two((&mut a, 2), (&mut b, 1), |at, a, b| {
            b[0] = at + a.len();
            a[1] = 9;
        });
        assert_eq!(b, [2, 3, 4, 5, 6]);
        assert_eq!(a, [1, 9, 1, 9, 1, 9, 1, 9, 1, 9]);
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_pool_goes_on() {
        let mut pool = Pool::new(3);
        let mut data = vec![0; 200];
        let work = |at: usize, _: &mut [i32]| assert!(at != 77, "at 77");
        let caught = catch_unwind(AssertUnwindSafe(|| pool.chunks(&mut data, 1, work)));
        assert!(caught.is_err());
        pool.chunks(&mut data, 1, |_, chunk| chunk[0] = 1);
        assert_eq!(data.iter().sum::<i32>(), 200);
    }
}
