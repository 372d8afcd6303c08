//! Single-writer group commit: everything that waits shares one durable commit, so that a hundred payments to one
//! shop cost about as much as one.

use crate::clock::Clock;
use crate::fault::Fault;
use futures::future::BoxFuture;
use ledger::{Store, Tx};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// Most jobs in one commit.
const MOST_JOBS: usize = 256;
/// Most jobs that may wait; beyond it callers wait for room.
const MOST_WAITING: usize = 4096;

/// What a job works with: the shared database transaction, the time of this commit, and what is to follow it.
pub struct Work {
    /// The transaction; jobs never commit it.
    pub tx: Tx,
    /// Unix milliseconds, one for all jobs of the commit.
    pub now_ms: i64,
    /// Done only after the commit.
    pub effects: Effects,
}

/// What follows a commit.
#[derive(Debug, Default, Clone)]
pub struct Effects {
    /// Accounts whose feeds grew.
    pub pokes: BTreeSet<Uuid>,
    /// Payments to take to the processor.
    pub settle: BTreeSet<Uuid>,
    /// Devices that were revoked: their live lines end.
    pub ended: BTreeSet<Uuid>,
    /// Letters were queued.
    pub letters: bool,
    /// Something was erased that must not stay in the database's log.
    pub scrub: bool,
}

/// Submits jobs to the one writing task. It ends when the last clone is dropped and all jobs are done.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
    commits: Arc<AtomicU64>,
}

trait Job: Send {
    fn run<'a>(&'a mut self, work: &'a mut Work) -> BoxFuture<'a, Ran>;
    fn answer(self: Box<Self>, committed: bool);
}

/// Whether a job's rows are to stay.
enum Ran {
    Keep,
    Undo,
}

struct Typed<T, F> {
    body: Option<F>,
    result: Option<Result<T, Fault>>,
    reply: oneshot::Sender<Result<T, Fault>>,
}

impl<T, F> Job for Typed<T, F>
where
    T: Send,
    F: for<'a> FnOnce(&'a mut Work) -> BoxFuture<'a, Result<T, Fault>> + Send,
{
    fn run<'a>(&'a mut self, work: &'a mut Work) -> BoxFuture<'a, Ran> {
        Box::pin(async move {
            let Some(body) = self.body.take() else { return Ran::Undo };
            let result = body(work).await;
            let ran = if result.is_ok() { Ran::Keep } else { Ran::Undo };
            self.result = Some(result);
            ran
        })
    }

    fn answer(self: Box<Self>, committed: bool) {
        let result = match self.result {
            Some(Ok(_)) if !committed => Err(Fault::Commit),
            Some(result) => result,
            None => Err(Fault::Commit),
        };
        // The caller may have hung up; what it asked for happened all the same, and its retry finds the stored reply.
        let _ = self.reply.send(result);
    }
}

impl Writer {
    /// Starts the writing task. `after_commit` is called after each commit with what is to follow it.
    pub fn start<A>(store: Store, clock: Arc<dyn Clock>, after_commit: A) -> Writer
    where
        A: Fn(Effects) + Send + Sync + 'static,
    {
        let (jobs, waiting) = mpsc::channel(MOST_WAITING);
        let commits = Arc::new(AtomicU64::new(0));
        let writing = Writing { store, clock, commits: commits.clone() };
        tokio::spawn(writing.run(waiting, after_commit));
        Writer { jobs, commits }
    }

    /// Runs `body` in the next commit; gives its result after that commit is durable. A failing body leaves nothing.
    pub async fn submit<T, F>(&self, body: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Work) -> BoxFuture<'a, Result<T, Fault>> + Send + 'static,
    {
        let (reply, result) = oneshot::channel();
        let job = Typed { body: Some(body), result: None, reply };
        self.jobs.send(Box::new(job)).await.map_err(|_| Fault::Stopping)?;
        result.await.map_err(|_| Fault::Commit)?
    }

    /// How many commits were made since the start.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }
}

struct Writing {
    store: Store,
    clock: Arc<dyn Clock>,
    commits: Arc<AtomicU64>,
}

impl Writing {
    async fn run(self, mut waiting: mpsc::Receiver<Box<dyn Job>>, after_commit: impl Fn(Effects)) {
        while let Some(first) = waiting.recv().await {
            let mut done = Vec::new();
            let committed = match self.commit_all(first, &mut waiting, &mut done).await {
                Ok(effects) => {
                    self.commits.fetch_add(1, Ordering::Relaxed);
                    after_commit(effects);
                    true
                }
                Err(error) => {
                    tracing::error!(%error, "a group commit failed");
                    false
                }
            };
            for job in done {
                job.answer(committed);
            }
        }
    }

    /// Runs `first` and all that waits, including what comes in meanwhile, in one transaction.
    async fn commit_all(
        &self,
        first: Box<dyn Job>,
        waiting: &mut mpsc::Receiver<Box<dyn Job>>,
        done: &mut Vec<Box<dyn Job>>,
    ) -> Result<Effects, Fault> {
        let mut next = Some(first);
        let tx = match self.store.begin().await {
            Ok(tx) => tx,
            Err(error) => {
                done.extend(next);
                return Err(error.into());
            }
        };
        let mut work = Work { tx, now_ms: self.clock.now_ms(), effects: Effects::default() };
        while let Some(mut job) = next.take() {
            let ran = run_isolated(job.as_mut(), &mut work).await;
            done.push(job);
            ran?;
            if done.len() < MOST_JOBS {
                next = waiting.try_recv().ok();
            }
        }
        work.tx.commit().await?;
        Ok(work.effects)
    }
}

/// One job in its own savepoint, so that its failure is nobody else's.
async fn run_isolated(job: &mut dyn Job, work: &mut Work) -> Result<(), Fault> {
    let savepoint = work.tx.savepoint().await?;
    let before = work.effects.clone();
    match job.run(work).await {
        Ran::Keep => work.tx.release(savepoint).await?,
        Ran::Undo => {
            work.tx.rollback_to(savepoint).await?;
            work.effects = before;
        }
    }
    Ok(())
}
