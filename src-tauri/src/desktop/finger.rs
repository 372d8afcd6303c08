//! The fingerprint reader of the system, by fprintd on the system's bus. Whose finger it is, the system decides: it knows
//! the user this app runs as. The device goes back when the connection ends, however it ends.

use futures::StreamExt;
use zbus::message::Type;
use zbus::zvariant::OwnedObjectPath;
use zbus::{Connection, MatchRule, MessageStream, Proxy};

const FPRINTD: &str = "net.reactivated.Fprint";
const MANAGER: &str = "net.reactivated.Fprint.Manager";
const DEVICE: &str = "net.reactivated.Fprint.Device";
/// fprintd's word for the user who asks.
const ME: &str = "";

/// Whether there is a reader that knows a finger of this user.
pub(super) async fn is_there() -> bool {
    enrolled().await.unwrap_or(false)
}

async fn enrolled() -> zbus::Result<bool> {
    let fingers: Vec<String> = reader(&Connection::system().await?).await?.call("ListEnrolledFingers", &(ME,)).await?;
    Ok(!fingers.is_empty())
}

async fn reader(bus: &Connection) -> zbus::Result<Proxy<'static>> {
    let manager = Proxy::new(bus, FPRINTD, "/net/reactivated/Fprint/Manager", MANAGER).await?;
    let path: OwnedObjectPath = manager.call("GetDefaultDevice", &()).await?;
    Proxy::new(bus, FPRINTD, path, DEVICE).await
}

/// Waits for a finger; true when it is this user's. Dropped, it lets the reader go.
pub(super) async fn recognise() -> zbus::Result<bool> {
    let bus = Connection::system().await?;
    let reader = reader(&bus).await?;
    let () = reader.call("Claim", &(ME,)).await?;
    let said = MatchRule::builder().msg_type(Type::Signal).sender(FPRINTD)?.path(reader.path().to_owned())?;
    let said = said.interface(DEVICE)?.member("VerifyStatus")?.build();
    let mut told = MessageStream::for_match_rule(said, &bus, None).await?;
    let () = reader.call("VerifyStart", &("any",)).await?;
    let mut matched = false;
    while let Some(message) = told.next().await {
        // `verify-retry-scan` and its like ask for the same finger once more and are not the end.
        let (result, done): (String, bool) = message?.body().deserialize()?;
        matched = result == "verify-match";
        if matched || done {
            break;
        }
    }
    let () = reader.call("VerifyStop", &()).await?;
    let () = reader.call("Release", &()).await?;
    Ok(matched)
}
