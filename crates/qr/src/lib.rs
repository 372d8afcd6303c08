//! Pictures to symbols, symbols to text, text to intents, and the way back: scanning, drawing and recognising codes.
//! It never touches files, network, clock or camera; nothing is fetched during recognition, ever, and third-party
//! decoders that panic are contained. Start with [`scan`] for a picture and [`Tracker`] for a stream, then [`payload::recognise`], then [`draw`].

mod draw;
mod luma;
mod meter;
pub mod payload;
pub mod picture;
mod scan;
mod scheme;
mod symbol;
mod track;

pub use draw::{DrawError, Drawing, Ecc, Middle, QUIET_ZONE, draw, draw_with_picture};
pub use luma::{Luma, LumaError};
pub use meter::{Advice, Meter, measure};
pub use picture::PictureError;
pub use scan::{Effort, scan, scan_others};
pub use symbol::{Symbol, Symbology};
pub use track::{Aim, Sighting, Tracker};
