//! Pictures to symbols, symbols to text, text to intents, and the way back: scanning, drawing and recognising codes.
//! It never touches files, network, clock or camera; nothing is fetched during recognition, ever, and third-party
//! decoders that panic are contained. Start with [`scan`], then [`payload::recognise`], then [`draw`].

mod luma;
pub mod picture;
mod scan;
mod symbol;

pub use luma::{Luma, LumaError};
pub use scan::{Effort, scan};
pub use symbol::{Symbol, Symbology};
