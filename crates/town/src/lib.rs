//! The people and shops of practice mode: each an ordinary account with its own device key, speaking the same HTTP as
//! everybody, through the same client as the app. They never see the server's database, know nothing but what their
//! own feed and a public page tell them, and with the town stopped nothing happens by itself.
//! Start with [`start`] for the town, [`NEIGHBOURS`] for who lives there, [`Habit`] for what they do.

mod bank;
mod habit;
mod life;
mod people;
mod roots;

pub use habit::Habit;
pub use people::{NEIGHBOURS, Neighbour};

use life::{Life, Street};
use pay::Handle;
use roots::Roots;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;
use wallet::{Clock, Network, Random, TransportError};

/// How fast people live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// One moment, milliseconds. Answers take three to six of them.
    pub moment_ms: u64,
}

impl Default for Pace {
    /// A moment is a second.
    fn default() -> Self {
        Pace { moment_ms: 1_000 }
    }
}

impl Pace {
    /// Three to six moments, milliseconds, by luck.
    pub(crate) fn few_moments(self, luck: u64) -> i64 {
        let few = self.moment_ms.saturating_mul(3).saturating_add(luck % self.moment_ms.saturating_mul(3).max(1));
        i64::try_from(few).unwrap_or(i64::MAX)
    }
}

/// What a town needs.
pub struct Town {
    /// Public address of the practice server.
    pub server: String,
    /// The practice server's token.
    pub practice_token: String,
    /// The way there.
    pub network: Arc<dyn Network>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Keys are made of it on the first start; seeded, it gives the same town again.
    pub random: Arc<dyn Random>,
    /// How fast people live.
    pub pace: Pace,
    /// The file (mode 0600, in the practice folder) their keys grow from, so that the same neighbours return.
    pub file: PathBuf,
}

/// Why a town cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TownError {
    /// The file of the keys cannot be read or written.
    #[error("the town's file: {0}")]
    File(std::io::Error),
    /// The file is not one of ours.
    #[error("the town's file is damaged")]
    Damaged,
    /// The server's address cannot be used.
    #[error("the town's way to the server: {0}")]
    Network(#[from] TransportError),
}

/// A living town. It stops when this is dropped, or at once by [`Running::stop`].
pub struct Running {
    lives: JoinSet<()>,
    newcomer: watch::Sender<Option<Handle>>,
    settled: watch::Receiver<usize>,
    counter: Vec<Uuid>,
}

/// Lets everybody move in. Returns at once; they join the server, or return to it, by themselves.
pub fn start(town: Town) -> Result<Running, TownError> {
    let mut fresh = [0; 32];
    town.random.fill(&mut fresh);
    let roots = Arc::new(Roots::keep(&town.file, fresh, town.clock.now_ms())?);
    let (newcomer, told) = watch::channel(None);
    let (settling, settled) = watch::channel(0);
    let street = Street {
        server: town.server.trim_end_matches('/').to_owned(),
        practice_token: town.practice_token,
        clock: town.clock,
        random: town.random,
        pace: town.pace,
        roots: Arc::clone(&roots),
        newcomer: told,
        settling,
    };
    let mut lives = JoinSet::new();
    for neighbour in NEIGHBOURS {
        let transport = town.network.open(&street.server)?;
        lives.spawn(Life::new(neighbour, street.clone(), transport).live());
    }
    Ok(Running { lives, newcomer, settled, counter: life::counter(&roots) })
}

impl Running {
    /// Tells the neighbours that somebody moved in, as a neighbour is told; the one who asks will ask them, once.
    pub fn welcome(&self, newcomer: &Handle) {
        self.newcomer.send_replace(Some(newcomer.clone()));
    }

    /// Ends when everybody has joined or returned.
    pub async fn settled(&self) {
        let mut settled = self.settled.clone();
        // An error means that the town stopped: there is nobody to wait for.
        let _ = settled.wait_for(|count| *count == NEIGHBOURS.len()).await;
    }

    /// Ids of the requests on the bakery's counter, for anybody to pay once everybody has [settled](Self::settled).
    pub fn counter(&self) -> &[Uuid] {
        &self.counter
    }

    /// Stops, and ends when nobody moves any more.
    pub async fn stop(mut self) {
        self.lives.shutdown().await;
    }
}
