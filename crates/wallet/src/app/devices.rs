//! More than one device of one account: coming to it from here, letting others in, putting them out, signing out.

use std::sync::Arc;

use protocol::Code;
use protocol::account::RecoverDevice;
use protocol::body::{NewDevice, ServerInfo};
use protocol::device::{DeviceEntry, DeviceStanding, DeviceState, PairDevice};
use uuid::Uuid;

use super::App;
use super::account::{new_card, server_address};
use super::open::server_folder;
use crate::WalletError;
use crate::book::{Account, Book, fact, read, write};
use crate::fingerprint;
use crate::remote::Device;
use crate::view::{BookKind, DeviceRow, PairForm, Paired, PendingRow, PendingState};

impl App {
    /// Comes to an account that exists, with a key made here. While the device waits for a word from another, the same
    /// form may be handed in again; handed in after that word, it opens the book.
    pub async fn pair(&self, form: PairForm) -> Result<Paired, WalletError> {
        let (_, info) = self.look(&form.address).await?;
        let folder = server_folder(&self.inner.options.folder, &info.public_url);
        let book = match self.find_book(&folder).await {
            Some(Ok(book)) if book.is_joined() => return Err(WalletError::AlreadyJoined),
            Some(book) => book?,
            None => self.make_book(new_card(self, BookKind::Server, &info), folder, form.passphrase.clone()).await?.0,
        };
        let known = read(&book.account).clone();
        let account = match known {
            Some(account) => account,
            None => self.new_account(&book, &form, &info).await?,
        };
        let (account, state) = match self.ask_to_pair(&book, account, &form, &info).await {
            // It was refused or came too late, or belongs to another account: what asks now is another device.
            Err(error) if matches!(error.refusal(), Some(Code::DeviceRefused | Code::IdReused)) => {
                let account = self.new_account(&book, &form, &info).await?;
                self.ask_to_pair(&book, account, &form, &info).await?
            }
            asked => asked?,
        };
        let device = account.device();
        let words = words_of(&device.public_key());
        if state != DeviceState::Active {
            return Ok(Paired { device_id: device.id, words, recovery_key: None });
        }
        self.move_in(&book, account, &form, &info).await?;
        // What cannot come along stays where it is, in the book of the history.
        let _ = self.carry_history(&book).await;
        let recovery = self.renew_recovery(&book, form.passphrase.clone()).await?;
        self.use_book(Some(book.card.id)).await?;
        Ok(Paired { device_id: device.id, words, recovery_key: Some(recovery) })
    }

    /// What became of a device that asked a server to be let in.
    pub async fn pairing_state(&self, address: &str, device_id: Uuid) -> Result<DeviceStanding, WalletError> {
        self.line(&server_address(address)?)?.device_standing(device_id).await
    }

    /// For a device that waits, with no other left to let it in: asks for an e-mail instead, with the same form.
    /// [`WalletError::NotJoined`] when nothing here asked that server.
    pub async fn recover_device(&self, form: PairForm, language: &str) -> Result<DeviceStanding, WalletError> {
        let server = server_address(&form.address)?;
        let folder = server_folder(&self.inner.options.folder, &server);
        let book = self.find_book(&folder).await.ok_or(WalletError::NotJoined)??;
        if book.is_joined() {
            return Err(WalletError::AlreadyJoined);
        }
        let device_id = read(&book.account).as_ref().ok_or(WalletError::NotJoined)?.device_id;
        self.attach(&book, &server, None).await?;
        let ask =
            RecoverDevice { name: form.name.clone(), password: form.password.clone(), language: language.to_owned() };
        book.remote()?.recover_device(device_id, &ask).await
    }

    async fn new_account(&self, book: &Book, form: &PairForm, info: &ServerInfo) -> Result<Account, WalletError> {
        let device = Device::make(&*book.clock, &*book.random);
        let account = Account::new(self.new_id(), &device, form.name.trim().to_owned(), info);
        book.keep_account(account.clone()).await?;
        Ok(account)
    }

    async fn ask_to_pair(
        &self,
        book: &Arc<Book>,
        account: Account,
        form: &PairForm,
        info: &ServerInfo,
    ) -> Result<(Account, DeviceState), WalletError> {
        self.attach(book, &info.public_url, None).await?;
        let device = account.device();
        let new =
            NewDevice { id: device.id, public_key: device.public_key(), name: form.device_name.trim().to_owned() };
        let ask = PairDevice { name: form.name.clone(), password: form.password.clone(), device: new };
        let state = book.remote()?.pair_device(&ask).await?.state;
        Ok((account, state))
    }

    /// Signs in as the device that was let in, and remembers whose book this is.
    async fn move_in(
        &self,
        book: &Arc<Book>,
        mut account: Account,
        form: &PairForm,
        info: &ServerInfo,
    ) -> Result<(), WalletError> {
        let remote = book.remote()?;
        remote.sign_in(form.name.trim(), &form.password).await?;
        let me = remote.me().await?;
        book.keep(fact::ME, &me).await?;
        account.person_id = me.person.id;
        account.handle.clone_from(&me.person.handle);
        account.server_key.clone_from(&info.public_key);
        account.epoch = info.epoch;
        account.paired_at_ms = Some(remote.server_now_ms());
        account.joined = true;
        book.keep_account(account).await?;
        *write(&book.me) = Some(me);
        Ok(())
    }

    /// The account's devices: those in use, and those that wait for a word.
    pub async fn devices(&self) -> Result<Vec<DeviceRow>, WalletError> {
        Ok(self.book().await?.remote()?.devices().await?.into_iter().map(row).collect())
    }

    /// Lets a device in. `public_key` is that of the row whose words were compared.
    pub async fn confirm_device(&self, id: Uuid, public_key: String) -> Result<Vec<DeviceRow>, WalletError> {
        self.book().await?.remote()?.confirm_device(id, public_key).await?;
        self.devices().await
    }

    /// Names a device.
    pub async fn rename_device(&self, id: Uuid, name: String) -> Result<Vec<DeviceRow>, WalletError> {
        self.book().await?.remote()?.rename_device(id, name).await?;
        self.devices().await
    }

    /// Puts a device out, or refuses one that waits. One that is gone already is as wanted.
    pub async fn revoke_device(&self, id: Uuid) -> Result<Vec<DeviceRow>, WalletError> {
        match self.book().await?.remote()?.revoke_device(id).await {
            Err(error) if error.refusal() != Some(Code::NotFound) => Err(error),
            _ => self.devices().await,
        }
    }

    /// Signs this device out; what is here can be read all the same. While something decided here is not with the
    /// server nothing happens, and all of it is given.
    pub async fn sign_out(&self) -> Result<Vec<PendingRow>, WalletError> {
        let book = self.book().await?;
        if book.card.kind == BookKind::Practice {
            return Err(WalletError::Invalid(Code::WrongState));
        }
        // Nothing may begin to leave between the look and the end of the session.
        let _turn = book.delivering.lock().await;
        let mut waiting = book.pending().await?;
        waiting.retain(|row| row.state != PendingState::Refused);
        if waiting.is_empty() {
            book.remote()?.sign_out().await?;
            book.changed();
        }
        Ok(waiting)
    }
}

fn words_of(public_key: &str) -> Vec<String> {
    fingerprint(public_key).0.iter().map(|word| (*word).to_owned()).collect()
}

fn row(device: DeviceEntry) -> DeviceRow {
    DeviceRow {
        id: device.id,
        name: device.name,
        state: device.state,
        words: words_of(&device.public_key),
        public_key: device.public_key,
        added_at_ms: device.added_at_ms,
        last_seen_at_ms: device.last_seen_at_ms,
        due_at_ms: device.due_at_ms,
        is_this: device.is_this,
    }
}
