//! The own code and link, and codes of own requests.

use std::sync::PoisonError;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pay::{Handle, Link, Money, Target, short_id};
use protocol::Code as Refusal;
use protocol::body::{LatePolicy, Me, OverPolicy, PartialPolicy, Policy, Request};
use qr::{Drawing, Ecc, draw, draw_with_picture};
use uuid::Uuid;

use super::settings::refuse;
use super::{App, blocking};
use crate::WalletError;
use crate::view::{Code, CodeOptions, NewRequestForm};

/// Pixels a module, on the screen.
const SCREEN: u32 = 8;

impl App {
    /// The own code. A note, an end or a single use make it a request; the same options give the same request.
    pub async fn my_code(&self, options: CodeOptions) -> Result<Code, WalletError> {
        let book = self.book().await?;
        let cached = self.last_code().clone();
        match cached {
            Some((id, known, code)) if id == book.card.id && known == options && code.request_id.is_some() => Ok(code),
            _ => {
                let link = self.link_for(&options).await?;
                let code = self.drawn(link, options.with_picture).await?;
                *self.last_code() = Some((book.card.id, options, code.clone()));
                Ok(code)
            }
        }
    }

    /// The code of an own request.
    pub async fn request_code(&self, id: Uuid) -> Result<Code, WalletError> {
        self.own_request(id).await?;
        let book = self.book().await?;
        self.drawn(Link { server: book.card.server_url.clone(), target: Target::Request(id) }, false).await
    }

    /// One of the own requests.
    pub(super) async fn own_request(&self, id: Uuid) -> Result<Request, WalletError> {
        let book = self.book().await?;
        let me = book.account()?.person_id;
        let mine = book.requests().await?.into_iter().find(|request| request.id == id && request.requester.id == me);
        mine.ok_or(refuse(Refusal::NotFound))
    }

    async fn link_for(&self, options: &CodeOptions) -> Result<Link, WalletError> {
        let book = self.book().await?;
        let server = book.card.server_url.clone();
        let amount = options.amount.as_ref().map(Money::try_from).transpose()?;
        if amount.is_some_and(Money::is_zero) {
            return Err(refuse(Refusal::AmountInvalid));
        }
        if options.note.is_empty() && options.expires_at_ms.is_none() && !options.single_use {
            let handle = Handle::parse(&book.me()?.person.handle).map_err(|_| WalletError::BadAnswer)?;
            return Ok(Link { server, target: Target::Person { handle, amount } });
        }
        let policy = Policy { partial: PartialPolicy::Accept, over: OverPolicy::Accept, late: LatePolicy::Accept };
        let form = NewRequestForm {
            amount: options.amount.clone(),
            note: options.note.clone(),
            payer_handle: None,
            expires_at_ms: options.expires_at_ms,
            single_use: options.single_use,
            policy,
            ways: Vec::new(),
        };
        let request = self.new_request(form).await?;
        Ok(Link { server, target: Target::Request(request.id) })
    }

    async fn drawn(&self, link: Link, with_picture: bool) -> Result<Code, WalletError> {
        let drawing = self.drawing(&link, with_picture, Ecc::M).await?;
        blocking(move || as_code(&drawing, &link)).await
    }

    /// The drawing, read back by our own scanner. With a picture its level is always Q.
    pub(super) async fn drawing(&self, link: &Link, with_picture: bool, plain: Ecc) -> Result<Drawing, WalletError> {
        let me: Me = self.book().await?.me()?;
        let picture = me.person.picture.filter(|_| with_picture);
        let text = link.to_code();
        blocking(move || {
            let drawing = match picture.and_then(|picture| STANDARD.decode(picture).ok()) {
                Some(picture) => draw_with_picture(&text, &picture),
                None => draw(&text, plain),
            };
            drawing.map_err(|_| WalletError::NotDrawn)
        })
        .await
    }

    fn last_code(&self) -> std::sync::MutexGuard<'_, Option<(Uuid, CodeOptions, Code)>> {
        self.inner.last_code.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A drawing with the link it stands for.
pub(super) fn as_code(drawing: &Drawing, link: &Link) -> Result<Code, WalletError> {
    let (short, request_id) = match &link.target {
        Target::Person { handle, .. } => (format!("@{handle}"), None),
        Target::Request(id) => (short_id(*id), Some(*id)),
        Target::Proof(id) => (short_id(*id), None),
    };
    let png = STANDARD.encode(drawing.to_png(SCREEN).map_err(|_| WalletError::NotDrawn)?);
    Ok(Code { link: link.to_web(), short, svg: drawing.to_svg(SCREEN), png, request_id })
}
