//! Server-sent events (HTML standard, section 9.2), as far as a poke needs them.

/// Longest line taken; ours have six bytes.
const MAX_LINE: usize = 64 << 10;

/// Reads a stream piece by piece and counts the pokes in it.
#[derive(Debug, Default)]
pub(super) struct Reader {
    line: Vec<u8>,
    is_poke: bool,
}

/// The stream holds a line no event of ours has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

impl Reader {
    /// How many pokes this piece completes.
    pub(super) fn read(&mut self, piece: &[u8]) -> Result<usize, TooLong> {
        let mut pokes = 0;
        for &byte in piece {
            match byte {
                b'\n' => pokes += usize::from(self.end_of_line()),
                b'\r' => {}
                byte if self.line.len() < MAX_LINE => self.line.push(byte),
                _ => return Err(TooLong),
            }
        }
        Ok(pokes)
    }

    fn end_of_line(&mut self) -> bool {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            return std::mem::take(&mut self.is_poke);
        }
        if let Some(name) = line.strip_prefix(b"event:") {
            self.is_poke = name.trim_ascii() == b"poke";
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pokes_are_counted_however_the_stream_is_cut() {
        let stream = b": hello\n\nevent: poke\ndata: 1\n\nevent: other\ndata: x\n\nevent:poke\r\ndata:\r\n\r\n";
        for size in 1..stream.len() {
            let mut reader = Reader::default();
            let count: usize = stream.chunks(size).map(|piece| reader.read(piece).expect("short lines")).sum();
            assert_eq!(count, 2, "pieces of {size}");
        }
    }

    #[test]
    fn a_line_without_end_is_refused() {
        assert_eq!(Reader::default().read(&vec![b'x'; MAX_LINE + 1]), Err(TooLong));
    }
}
