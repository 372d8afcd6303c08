use crate::world::{World, eventually, usd};
use pay::Currency;
use protocol::body::{Amount, PaymentState, Policy, Request};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use uuid::Uuid;
use wallet::view::{
    ActivityFilter, ActivityQuery, ActivityRow, AskMe, Draft, Hold, JoinForm, NewRequestForm, Settings, Sync,
};
use wallet::{App, Clock, NoProbe, Options, Secrets, SecretsError, WalletError};
use zeroize::Zeroizing;

/// A keyring in memory.
#[derive(Default)]
pub struct Pocket(Mutex<HashMap<String, String>>);

impl Secrets for Pocket {
    fn get(&self, name: &str) -> Result<Zeroizing<String>, SecretsError> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(name).map(|secret| Zeroizing::new(secret.clone())).ok_or(SecretsError::Missing)
    }

    fn set(&self, name: &str, secret: &str) -> Result<(), SecretsError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), secret.to_owned());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), SecretsError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }
}

/// A keyring in a folder of a test that opens the same data from several processes.
pub struct FolderPocket(pub PathBuf);

impl Secrets for FolderPocket {
    fn get(&self, name: &str) -> Result<Zeroizing<String>, SecretsError> {
        std::fs::read_to_string(self.0.join(name)).map(Zeroizing::new).map_err(|_| SecretsError::Missing)
    }

    fn set(&self, name: &str, secret: &str) -> Result<(), SecretsError> {
        std::fs::create_dir_all(&self.0).map_err(|_| SecretsError::Unavailable)?;
        std::fs::write(self.0.join(name), secret).map_err(|_| SecretsError::Unavailable)
    }

    fn remove(&self, name: &str) -> Result<(), SecretsError> {
        std::fs::remove_file(self.0.join(name)).map_err(|_| SecretsError::Missing)
    }
}

/// A person with the app in their hand.
pub struct Hand {
    /// The app.
    pub app: App,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
}

/// How an app is joined in stories.
pub fn join_form(address: &str, handle: &str) -> JoinForm {
    JoinForm {
        address: address.into(),
        display_name: format!("{handle} Example"),
        handle: handle.into(),
        email: format!("{handle}@mail.example"),
        password: "a long way to the harbor".into(),
        date_of_birth: "1990-02-03".into(),
        country: "US".into(),
        currency: "USD".into(),
        passphrase: None,
    }
}

/// A form that asks one person, or whoever has the link.
pub fn asking(payer: Option<&str>, amount: &str, policy: Policy) -> NewRequestForm {
    NewRequestForm {
        amount: Some(usd(amount)),
        note: "for the story".into(),
        payer_handle: payer.map(str::to_owned),
        expires_at_ms: None,
        single_use: true,
        policy,
        ways: Vec::new(),
    }
}

impl World {
    /// What an app in this world is made of; the same name is the same folder and keyring.
    pub fn options(&self, name: &str) -> Options {
        Options {
            folder: self.folder(name),
            clock: self.clock.clone(),
            random: Arc::new(crate::Seeded::new(self.fresh_seed())),
            secrets: Arc::new(FolderPocket(self.folder(&format!("{name}.keyring")))),
            network: self.network(),
            probe: Arc::new(NoProbe),
            background: true,
        }
    }

    /// Somebody with the app, an account and a card.
    ///
    /// # Panics
    /// When joining fails.
    pub async fn hand(&self, handle: &str, card: &str) -> Hand {
        let hand = Hand::open(self.options(handle)).await;
        hand.app.join(join_form(&self.address, handle)).await.expect("joined");
        hand.app.add_source(card.into(), String::new()).await.expect("a card");
        hand
    }
}

impl Hand {
    /// Opens the app. Confirmed payments leave at once and anybody may ask, unless a story chooses otherwise.
    ///
    /// # Panics
    /// When it does not open.
    pub async fn open(options: Options) -> Hand {
        let clock = options.clock.clone();
        let hand = Hand { app: App::open(options).await.expect("the app opens"), clock };
        hand.hold(Hold::none()).await;
        hand
    }

    /// Chooses how long confirmed payments wait.
    ///
    /// # Panics
    /// When that cannot be kept.
    pub async fn hold(&self, hold: Hold) {
        let settings = self.app.settings().await.expect("settings");
        self.app.set_settings(Settings { hold, ask_me: AskMe::Anyone, ..settings }).await.expect("kept");
    }

    /// What would be paid to somebody from the card added last.
    pub async fn draft(&self, payee: &str, amount: &Amount, request_id: Option<Uuid>) -> Draft {
        let sources = self.app.sources().await.expect("sources");
        let source_id = sources.last().expect("a source").id;
        Draft { payee_handle: payee.into(), amount: amount.clone(), source_id, request_id, note: String::new() }
    }

    /// Prepares and looks; gives when it may be confirmed.
    pub async fn look(&self, draft: Draft) -> Result<(), WalletError> {
        self.app.prepare_payment(draft).await?;
        let view = self.app.confirm_view().await?;
        while self.clock.now_ms() - view.opened_at_ms < 700 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Prepares, looks, and confirms.
    pub async fn pay(&self, payee: &str, amount: &str, request_id: Option<Uuid>) -> Result<Uuid, WalletError> {
        self.look(self.draft(payee, &usd(amount), request_id).await).await?;
        self.app.confirm_pay(None).await.map(|confirmed| confirmed.payment_id)
    }

    /// Waits until a payment's row satisfies `wanted`.
    pub async fn until(&self, id: Uuid, what: &str, wanted: impl Fn(&ActivityRow) -> bool) -> ActivityRow {
        eventually(what, || async { self.app.payment(id).await.ok().map(|p| p.row).filter(|row| wanted(row)) }).await
    }

    /// Waits until a payment has succeeded, as this app sees it.
    pub async fn until_paid(&self, id: Uuid) -> ActivityRow {
        let paid = |row: &ActivityRow| row.payment.state == PaymentState::Succeeded && row.sync == Sync::Acked;
        self.until(id, "the payment succeeds", paid).await
    }

    /// Waits until a request satisfies `wanted`, as this app sees it.
    pub async fn until_request(&self, id: Uuid, what: &str, wanted: impl Fn(&Request) -> bool) -> Request {
        eventually(what, || async {
            let all = self.app.requests().await.expect("requests");
            all.into_iter().find(|request| request.id == id && wanted(request))
        })
        .await
    }

    /// Every payment.
    pub async fn rows(&self) -> Vec<ActivityRow> {
        let query = ActivityQuery { filter: ActivityFilter::default(), before: None, skip: None, limit: 200 };
        self.app.activity(query).await.expect("activity").rows
    }

    /// (sent, received) by the own book, minor units.
    pub async fn moved(&self) -> (i64, i64) {
        let totals = self.app.totals(Currency::USD).await.expect("totals");
        (totals.sent.minor(), totals.received.minor())
    }

    /// The own id.
    pub async fn person_id(&self) -> Uuid {
        self.app.me().await.expect("me").person.id
    }
}

/// Checks that the server's book and both apps' say the same, to the cent.
pub async fn assert_books_agree(world: &World, hands: &[&Hand]) {
    let server = world.audit().await;
    for hand in hands {
        let id = hand.person_id().await;
        let by_server = server.get(&id).copied().unwrap_or_default();
        eventually("the app's book says what the server's does", || async {
            (hand.moved().await == by_server).then_some(())
        })
        .await;
    }
}
