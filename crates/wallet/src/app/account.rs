//! Looking at servers, opening accounts, practice, and the own profile.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pay::{Currency, Money};
use protocol::body::{
    Behaviour, CardClass, HandleCheck, HandleVerdict, Join, Me, Mode, NewDevice, NewSource, ProfileChange, ServerInfo,
    SourceKind,
};
use protocol::{Code, Problem};
use url::Url;
use zeroize::Zeroizing;

use super::App;
use super::open::{practice_folder, server_folder};
use crate::WalletError;
use crate::book::{Account, Book, Card, fact, write};
use crate::remote::{Device, Remote};
use crate::transport::is_this_machine;
use crate::view::{BookKind, JoinForm, Joined, KeyStorage, Status};

impl App {
    /// Facts about a server, before any account.
    pub async fn look_at_server(&self, address: &str) -> Result<ServerInfo, WalletError> {
        let (_, info) = self.look(address).await?;
        Ok(info)
    }

    /// Whether a handle can be had there.
    pub async fn check_handle(&self, address: &str, handle: &str) -> Result<HandleCheck, WalletError> {
        self.line(&server_address(address)?)?.check_handle(handle).await
    }

    pub(super) async fn look(&self, address: &str) -> Result<(Remote, ServerInfo), WalletError> {
        let server = server_address(address)?;
        let remote = self.line(&server)?;
        let info = remote.server_info().await?;
        check_info(&info, &server)?;
        Ok((remote, info))
    }

    /// Opens an account on a server. Interrupted, it can be done again: ids and device key stay the same.
    pub async fn join(&self, form: JoinForm) -> Result<Joined, WalletError> {
        self.refuse_if_locked().await?;
        let (_, info) = self.look(&form.address).await?;
        let folder = server_folder(&self.inner.options.folder, &info.public_url);
        let card = new_card(self, BookKind::Server, &info);
        let (book, recovery) = match self.find_book(&folder).await {
            Some(Ok(book)) if book.is_joined() => return Err(WalletError::AlreadyJoined),
            // An earlier attempt was not answered. Its recovery key was never shown, so there is a new one.
            Some(Ok(book)) => {
                let recovery = self.renew_recovery(&book, form.passphrase.clone()).await?;
                (book, Some(recovery))
            }
            Some(Err(error)) => return Err(error),
            None => self.make_book(card, folder, form.passphrase.clone()).await?,
        };
        self.register_with(&book, &info, form_to_join(&form), None).await?;
        self.use_book(Some(book.card.id)).await?;
        Ok(Joined { status: self.status().await?, recovery_key: recovery.unwrap_or_default() })
    }

    /// Signs in again after the session has ended.
    pub async fn sign_in(&self, password: &str) -> Result<Status, WalletError> {
        let book = self.book().await?;
        let handle = book.me()?.person.handle;
        book.remote()?.sign_in(&handle, password).await?;
        book.hurry_orders().await?;
        book.changed();
        book.wake_reader.notify_one();
        book.wake_sender.notify_one();
        self.status().await
    }

    /// The person has kept the recovery key.
    pub async fn confirm_recovery_kept(&self) -> Result<(), WalletError> {
        self.book().await?.keep(fact::RECOVERY_KEPT, &true).await
    }

    /// Uses the practice server at `url` (this machine), opening the practice account on first use.
    pub async fn join_practice(&self, url: &str, token: &str, display_name: &str) -> Result<Status, WalletError> {
        self.refuse_if_locked().await?;
        let server = server_address(url)?;
        let parsed = Url::parse(&server).map_err(|_| WalletError::AddressInvalid)?;
        if !is_this_machine(&parsed) {
            return Err(WalletError::AddressInvalid);
        }
        let info = self.line(&server)?.with_practice_token(token).server_info().await?;
        check_info(&info, &server)?;
        if info.mode != Mode::Practice {
            return Err(WalletError::AddressInvalid);
        }
        let folder = practice_folder(&self.inner.options.folder);
        let book = match self.find_book(&folder).await {
            Some(book) => book?,
            None => self.make_book(new_card(self, BookKind::Practice, &info), folder, None).await?.0,
        };
        self.attach(&book, &server, Some(token)).await?;
        if !book.is_joined() {
            let form = self.practice_form(&book, display_name).await?;
            self.register_with(&book, &info, form, Some(token)).await?;
        }
        self.add_practice_card(&book).await?;
        self.use_book(Some(book.card.id)).await?;
        self.status().await
    }

    /// Leaves practice; its book stays for the next time.
    pub async fn stop_practice(&self) -> Result<Status, WalletError> {
        self.refuse_if_locked().await?;
        let folder = practice_folder(&self.inner.options.folder);
        if let Some(Ok(book)) = self.find_book(&folder).await {
            let other = {
                let mut shelf = self.inner.shelf.write().await;
                shelf.engine = None;
                *write(&book.remote) = None;
                shelf.places.iter().find(|place| place.card.kind == BookKind::Server).map(|place| place.card.id)
            };
            book.set_online(crate::view::Online::Offline);
            self.use_book(other).await?;
        }
        self.status().await
    }

    /// The own account, as the server says now, or as it said last while it does not answer.
    pub async fn me(&self) -> Result<Me, WalletError> {
        let book = self.book().await?;
        match book.remote()?.me().await {
            Ok(me) => {
                if book.writable().is_ok() {
                    book.keep(fact::ME, &me).await?;
                }
                *write(&book.me) = Some(me.clone());
                Ok(me)
            }
            Err(WalletError::Offline | WalletError::Timeout) => book.me(),
            Err(error) => Err(error),
        }
    }

    /// Changes name and picture (base64 of PNG or JPEG; `None` takes it away).
    pub async fn set_profile(&self, display_name: String, picture: Option<String>) -> Result<Me, WalletError> {
        let book = self.book().await?;
        let me = book.remote()?.set_profile(&ProfileChange { display_name, picture }).await?;
        book.keep(fact::ME, &me).await?;
        *write(&book.me) = Some(me.clone());
        book.changed();
        Ok(me)
    }

    /// Stores who we are about to be, then asks the server, then stores that it said yes.
    async fn register_with(
        &self,
        book: &Arc<Book>,
        info: &ServerInfo,
        mut join: Join,
        token: Option<&str>,
    ) -> Result<(), WalletError> {
        let known = crate::book::read(&book.account).clone();
        let mut account = match known {
            Some(account) => account,
            None => Account::new(self.new_id(), &Device::make(&*book.clock, &*book.random), join.handle.clone(), info),
        };
        account.handle.clone_from(&join.handle);
        if book.card.kind == BookKind::Practice {
            account.password = Some(join.password.clone());
        }
        book.keep_account(account.clone()).await?;
        let device = account.device();
        join.id = account.person_id;
        join.device = NewDevice { id: device.id, public_key: device.public_key(), name: device_name() };
        self.attach(book, &info.public_url, token).await?;
        let remote = book.remote()?;
        match remote.join(&join).await {
            Ok(_) => {}
            // An earlier attempt did arrive, with another form. Its account opens when the password is the same.
            Err(error) if error.refusal() == Some(Code::IdReused) => {
                remote.sign_in(&join.handle, &join.password).await?;
            }
            Err(error) => {
                if error.refusal().is_some() {
                    // Surely not joined: the next attempt is another person, so that the form may change.
                    account.person_id = self.new_id();
                    book.keep_account(account.clone()).await?;
                }
                return Err(error);
            }
        }
        let me = remote.me().await?;
        book.keep(fact::ME, &me).await?;
        account.person_id = me.person.id;
        account.joined = true;
        account.server_key.clone_from(&info.public_key);
        account.epoch = info.epoch;
        book.keep_account(account.clone()).await?;
        *write(&book.me) = Some(me);
        Ok(())
    }

    pub(super) async fn renew_recovery(
        &self,
        book: &Arc<Book>,
        passphrase: Option<String>,
    ) -> Result<String, WalletError> {
        let (vault, storage) = (self.vault(book.card.id, &book.folder), book.card.key_storage);
        super::blocking(move || vault.renew_recovery(storage, passphrase.as_deref())).await
    }

    async fn practice_form(&self, book: &Arc<Book>, display_name: &str) -> Result<Join, WalletError> {
        let mut secret = Zeroizing::new([0; 24]);
        book.random.fill(secret.as_mut());
        let known =
            crate::book::read(&book.account).as_ref().and_then(|a| Some((a.handle.clone(), a.password.clone()?)));
        let (handle, password) = match known {
            Some(known) => known,
            None => (self.free_handle(book, display_name).await?, URL_SAFE_NO_PAD.encode(secret.as_ref())),
        };
        Ok(Join {
            id: uuid::Uuid::nil(),
            display_name: display_name.to_owned(),
            email: format!("{handle}@practice.example"),
            handle,
            password,
            date_of_birth: "1990-01-01".into(),
            country: "US".into(),
            currency: Currency::USD.code().into(),
            device: NewDevice { id: uuid::Uuid::nil(), public_key: String::new(), name: String::new() },
        })
    }

    /// A handle made from the name that nobody has.
    async fn free_handle(&self, book: &Arc<Book>, display_name: &str) -> Result<String, WalletError> {
        let letters: String =
            crate::book::folded(display_name).chars().filter(char::is_ascii_alphanumeric).take(20).collect();
        let base = if letters.len() < 3 { format!("guest{letters}") } else { letters };
        let remote = book.remote()?;
        for attempt in 0..20_u32 {
            let mut bytes = [0; 4];
            book.random.fill(&mut bytes);
            let number = 100 + u32::from_le_bytes(bytes) % 9_900;
            let handle = if attempt == 0 { base.clone() } else { format!("{base}{number}") };
            if remote.check_handle(&handle).await?.verdict == HandleVerdict::Free {
                return Ok(handle);
            }
        }
        Err(WalletError::Refused(Box::new(Problem::from(Code::HandleRefused))))
    }

    /// Practice begins with a card that pays.
    async fn add_practice_card(&self, book: &Arc<Book>) -> Result<(), WalletError> {
        let remote = book.remote()?;
        if !remote.sources().await?.is_empty() {
            return Ok(());
        }
        let offers = remote.source_offers().await?;
        let pays = |kind, class, behaviour| {
            kind == SourceKind::Card && class == Some(CardClass::VisaDebit) && behaviour == Behaviour::Pays
        };
        if let Some(offer) = offers.into_iter().find(|o| pays(o.kind, o.card_class, o.behaviour)) {
            let source = NewSource { id: self.new_id(), token: offer.token, label: String::new() };
            remote.add_source(&source).await?;
        }
        Ok(())
    }
}

/// What a person typed or scanned, as the base address of a server.
pub(super) fn server_address(text: &str) -> Result<String, WalletError> {
    let text = text.trim();
    if let Ok(link) = pay::Link::parse(text) {
        return Ok(link.server);
    }
    let invalid = WalletError::AddressInvalid;
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&with_scheme).map_err(|_| invalid.clone())?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    let scheme_ok = url.scheme() == "https" || (url.scheme() == "http" && is_this_machine(&url));
    if !plain || !scheme_ok || url.path() != "/" || url.host_str().is_none_or(str::is_empty) {
        return Err(invalid);
    }
    Ok(url.origin().ascii_serialization())
}

/// What the server says about itself can be true.
fn check_info(info: &ServerInfo, server: &str) -> Result<(), WalletError> {
    if info.public_url.trim_end_matches('/') != server {
        return Err(WalletError::AddressInvalid);
    }
    let limits = info.payment_limits.iter().all(|limit| Money::try_from(limit).is_ok());
    if protocol::device_key_from_text(&info.public_key).is_none() || !limits {
        return Err(WalletError::BadAnswer);
    }
    Ok(())
}

pub(super) fn new_card(app: &App, kind: BookKind, info: &ServerInfo) -> Card {
    Card {
        id: app.new_id(),
        kind,
        server_url: info.public_url.trim_end_matches('/').to_owned(),
        server_name: info.name.clone(),
        holder: info.holder.clone(),
        mode: info.mode,
        key_storage: KeyStorage::Keyring,
    }
}

fn form_to_join(form: &JoinForm) -> Join {
    Join {
        id: uuid::Uuid::nil(),
        display_name: form.display_name.trim().to_owned(),
        handle: form.handle.trim().trim_start_matches('@').to_ascii_lowercase(),
        email: form.email.trim().to_owned(),
        password: form.password.clone(),
        date_of_birth: form.date_of_birth.trim().to_owned(),
        country: form.country.trim().to_owned(),
        currency: form.currency.trim().to_owned(),
        device: NewDevice { id: uuid::Uuid::nil(), public_key: String::new(), name: String::new() },
    }
}

/// What the owner will read in a list of devices. The machine's own name is nobody's business.
fn device_name() -> String {
    std::env::consts::OS.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_be_typed_or_scanned() {
        for (text, server) in [
            ("pay.example", "https://pay.example"),
            (" https://Pay.Example/ ", "https://pay.example"),
            ("https://pay.example/@ana/5.00-USD", "https://pay.example"),
            ("http://127.0.0.1:4100", "http://127.0.0.1:4100"),
        ] {
            assert_eq!(server_address(text), Ok(server.to_owned()), "{text}");
        }
        for bad in
            ["", "http://pay.example", "https://a@pay.example", "https://pay.example/x", "ftp://pay.example", "a b"]
        {
            assert_eq!(server_address(bad), Err(WalletError::AddressInvalid), "{bad}");
        }
    }
}
