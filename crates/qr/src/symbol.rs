/// A square seen in a picture, and what it carries.
#[derive(Debug, Clone, PartialEq)]
pub struct Symbol {
    /// Exactly the bytes it carries.
    pub bytes: Vec<u8>,
    /// The bytes as text: UTF-8, else by the code's own character set mark, else by a careful guess; `None` when
    /// they are not text.
    pub text: Option<String>,
    /// Which kind of square.
    pub symbology: Symbology,
    /// Its corners in pixels of the picture: top left, top right, bottom right, bottom left of the upright code.
    pub corners: [[f32; 2]; 4],
}

/// The kinds of symbol this scanner reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Symbology {
    /// QR code, ISO/IEC 18004.
    Qr,
    /// Micro QR code, ISO/IEC 18004.
    MicroQr,
    /// Rectangular micro QR code, ISO/IEC 23941.
    RectangularMicroQr,
    /// PDF417, ISO/IEC 15438.
    Pdf417,
    /// Aztec code, ISO/IEC 24778.
    Aztec,
    /// Data Matrix, ISO/IEC 16022.
    DataMatrix,
}

impl Symbology {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Symbology::Qr => "qr",
            Symbology::MicroQr => "micro_qr",
            Symbology::RectangularMicroQr => "rmqr",
            Symbology::Pdf417 => "pdf417",
            Symbology::Aztec => "aztec",
            Symbology::DataMatrix => "data_matrix",
        }
    }
}
