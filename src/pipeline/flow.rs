//! How do the stages overlap? One thread reads ahead, the pool works on a few items at once, and the caller takes the
//! results in order; bounded, whatever is slow.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::thread;
use std::time::Duration;

use anyhow::{Context, anyhow};
use rayon::Scope;

/// How a flow ended, if not with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything was taken.
    Complete,
    /// It was asked to stop, and what had been begun is taken.
    Stopped,
}

/// What happens to items on their way.
pub(super) struct Steps<A, W, T> {
    /// Runs on the calling thread as items come, in order.
    pub(super) admit: A,
    /// Runs on the pool, on several items at once.
    pub(super) work: W,
    /// Runs on the calling thread on the results, in order.
    pub(super) take: T,
}

/// How often a flow that waits looks whether it should stop.
const LOOK: Duration = Duration::from_millis(100);

enum Message<I, O> {
    Read(anyhow::Result<I>),
    /// There are no more items.
    Over,
    /// The result of an item by its number; `None` where it was not begun.
    Done(usize, Option<anyhow::Result<O>>),
}

/// Sends items of `source` through the steps, no more than `ahead` of them between reading and taking; an error of any
/// step ends it, once all results before are taken. `stop` ends it early.
///
/// # Errors
/// The first error in the order of the items; a step that panics is one too.
pub(super) fn in_order<I: Send + 'static, O: Send + 'static>(
    source: impl Iterator<Item = anyhow::Result<I>> + Send + 'static,
    mut steps: Steps<
        impl FnMut(I) -> I,
        impl Fn(I) -> anyhow::Result<O> + Sync,
        impl FnMut(O) -> anyhow::Result<()>,
    >,
    ahead: usize,
    stop: &AtomicBool,
) -> anyhow::Result<Ended> {
    let (sender, inbox) = mpsc::channel();
    let (permits, released) = mpsc::sync_channel(ahead);
    read_ahead(source, sender.clone(), permits)?;
    // Set when results are no longer wanted, so that the pool begins no more items.
    let is_abandoned = AtomicBool::new(false);
    let work = |item: I| {
        let is_wanted = !stop.load(Ordering::Relaxed) && !is_abandoned.load(Ordering::Relaxed);
        is_wanted.then(|| {
            catch_unwind(AssertUnwindSafe(|| (steps.work)(item)))
                .unwrap_or_else(|_| Err(anyhow!("the program panicked: a bug")))
        })
    };
    rayon::in_place_scope(|scope| {
        let mut desk = Desk::new(&sender, &released);
        let result = desk.run(scope, &inbox, stop, &mut steps.admit, &work, &mut steps.take);
        is_abandoned.store(true, Ordering::Relaxed);
        result
    })
}

/// Starts the thread that reads; it isn't waited for, since it may hang at a pipe.
fn read_ahead<I: Send + 'static, O: Send + 'static>(
    source: impl Iterator<Item = anyhow::Result<I>> + Send + 'static,
    sender: Sender<Message<I, O>>,
    permits: SyncSender<()>,
) -> anyhow::Result<()> {
    let farewell = Farewell(sender);
    let read = move || {
        for item in source {
            if permits.send(()).is_err() || farewell.0.send(Message::Read(item)).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name("reader".into()).spawn(read).context("can't start a thread")?;
    Ok(())
}

/// Says that reading is over, however it ended.
struct Farewell<I, O>(Sender<Message<I, O>>);

impl<I, O> Drop for Farewell<I, O> {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = self.0.send(Message::Read(Err(anyhow!("reading panicked: a bug"))));
        }
        let _ = self.0.send(Message::Over);
    }
}

/// Where items are handed out and results come in.
struct Desk<'a, I, O> {
    sender: &'a Sender<Message<I, O>>,
    released: &'a Receiver<()>,
    waiting: BTreeMap<usize, Option<anyhow::Result<O>>>,
    n_begun: usize,
    n_taken: usize,
    is_over: bool,
    /// Whether an item was handed out and not begun.
    has_gap: bool,
    ended: Ended,
    /// What went wrong in reading, behind all that was read before.
    failure: Option<anyhow::Error>,
}

impl<'a, I: Send + 'static, O: Send + 'static> Desk<'a, I, O> {
    fn new(sender: &'a Sender<Message<I, O>>, released: &'a Receiver<()>) -> Self {
        Self {
            sender,
            released,
            waiting: BTreeMap::new(),
            n_begun: 0,
            n_taken: 0,
            is_over: false,
            has_gap: false,
            ended: Ended::Complete,
            failure: None,
        }
    }

    fn run<'scope>(
        &mut self,
        scope: &Scope<'scope>,
        inbox: &Receiver<Message<I, O>>,
        stop: &AtomicBool,
        admit: &mut impl FnMut(I) -> I,
        work: &'scope (impl Fn(I) -> Option<anyhow::Result<O>> + Sync),
        take: &mut impl FnMut(O) -> anyhow::Result<()>,
    ) -> anyhow::Result<Ended> {
        while !self.is_over || self.n_taken < self.n_begun {
            if stop.load(Ordering::Relaxed) && !self.is_over {
                (self.is_over, self.ended) = (true, Ended::Stopped);
                continue;
            }
            match inbox.recv_timeout(LOOK) {
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) | Ok(Message::Over) => self.is_over = true,
                Ok(Message::Read(_)) if self.is_over => {}
                Ok(Message::Read(Err(error))) => {
                    (self.is_over, self.failure) = (true, Some(error));
                }
                Ok(Message::Read(Ok(item))) => self.begin(scope, admit(item), work),
                Ok(Message::Done(number, result)) => {
                    self.waiting.insert(number, result);
                    self.take_what_is_next(take)?;
                }
            }
        }
        self.failure.take().map_or(Ok(self.ended), Err)
    }

    fn begin<'scope>(
        &mut self,
        scope: &Scope<'scope>,
        item: I,
        work: &'scope (impl Fn(I) -> Option<anyhow::Result<O>> + Sync),
    ) {
        let (number, sender) = (self.n_begun, self.sender.clone());
        self.n_begun += 1;
        scope.spawn(move |_| {
            // Nobody listens any more once an error has ended the flow.
            let _ = sender.send(Message::Done(number, work(item)));
        });
    }

    fn take_what_is_next(
        &mut self,
        take: &mut impl FnMut(O) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        while let Some(result) = self.waiting.remove(&self.n_taken) {
            self.n_taken += 1;
            match result {
                // Behind one that wasn't begun, nothing is taken: results have no gaps.
                None => {
                    (self.is_over, self.has_gap, self.ended) = (true, true, Ended::Stopped);
                }
                Some(_) if self.has_gap => {}
                Some(result) => take(result?)?,
            }
            // One that was read ahead has its permit.
            let _ = self.released.try_recv();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    /// Sends `0..n` through a flow that doubles; `fail` is where the working step fails.
    fn double(
        n: usize,
        fail: Option<usize>,
        stop: &AtomicBool,
    ) -> (Vec<usize>, anyhow::Result<Ended>) {
        let mut taken = Vec::new();
        let work = |i: usize| {
            anyhow::ensure!(Some(i) != fail, "item {i} fails");
            thread::sleep(Duration::from_micros((i * 37 % 11) as u64 * 50));
            Ok(2 * i)
        };
        let take = |i| {
            taken.push(i);
            Ok(())
        };
        let ended = in_order((0..n).map(Ok), Steps { admit: |i| i, work, take }, 4, stop);
        (taken, ended)
    }

    #[test]
    fn results_come_in_order_and_none_is_lost() {
        for n in [0, 1, 3, 200] {
            let (taken, ended) = double(n, None, &AtomicBool::new(false));
            assert_eq!(taken, (0..n).map(|i| 2 * i).collect::<Vec<_>>());
            assert_eq!(ended.unwrap(), Ended::Complete);
        }
    }

    #[test]
    fn an_error_ends_it_behind_what_came_before() {
        let (taken, ended) = double(100, Some(17), &AtomicBool::new(false));
        assert_eq!(taken, (0..17).map(|i| 2 * i).collect::<Vec<_>>());
        assert_eq!(ended.unwrap_err().to_string(), "item 17 fails");
        let source = (0..9).map(|i| if i == 5 { Err(anyhow!("no fifth")) } else { Ok(i) });
        let mut n = 0;
        let take = |()| {
            n += 1;
            Ok(())
        };
        let steps = Steps { admit: |i: i32| i, work: |_| Ok(()), take };
        let error = in_order(source, steps, 2, &AtomicBool::new(false)).unwrap_err();
        assert_eq!((n, error.to_string().as_str()), (5, "no fifth"));
    }

    #[test]
    fn what_is_asked_to_stop_takes_what_was_begun_without_gaps() {
        let stop = AtomicBool::new(false);
        let mut taken = Vec::new();
        let take = |i: usize| {
            taken.push(i);
            stop.store(i == 20, Ordering::Relaxed);
            Ok(())
        };
        let source = (0..).map(Ok);
        let ended = in_order(source, Steps { admit: |i| i, work: Ok, take }, 3, &stop).unwrap();
        assert_eq!(ended, Ended::Stopped);
        assert_eq!(taken, (0..taken.len()).collect::<Vec<_>>());
        assert!((21..=25).contains(&taken.len()), "{}", taken.len());
    }

    #[test]
    fn no_more_is_read_than_may_be_under_way() {
        let n_read = std::sync::Arc::new(AtomicUsize::new(0));
        let counter = std::sync::Arc::clone(&n_read);
        let source = (0..50).map(move |i| {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok(i)
        });
        let mut n_taken = 0;
        let take = |_: usize| {
            n_taken += 1;
            // Those under way, one that waits for its permit, and the one being taken.
            assert!(n_read.load(Ordering::SeqCst) <= n_taken + 3 + 1);
            Ok(())
        };
        in_order(source, Steps { admit: |i| i, work: Ok, take }, 3, &AtomicBool::new(false))
            .unwrap();
    }

    #[test]
    fn a_panic_is_an_error_and_does_not_hang() {
        let work = |i: usize| if i == 3 { panic!("on purpose") } else { Ok(i) };
        let steps = Steps { admit: |i| i, work, take: |_| Ok(()) };
        let error = in_order((0..9).map(Ok), steps, 2, &AtomicBool::new(false)).unwrap_err();
        assert!(error.to_string().contains("a bug"), "{error}");
    }
}
