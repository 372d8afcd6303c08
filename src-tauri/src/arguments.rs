//! What the app was started with, by a person, a desktop entry or a second start.

use crate::link::{Incoming, Refused};

/// Where to open, read from the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Start {
    /// Wherever the person was.
    Home,
    /// On the scan screen.
    Scan,
    /// Unseen, where there is a tray to come back from; else as [`Start::Home`].
    InTray,
    /// In practice, or where practice begins.
    Practice,
    /// With a link to show.
    Link(Incoming),
    /// With a link that is none of ours.
    Refused(Refused),
}

/// Why the app cannot be started with these arguments.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ArgumentError {
    /// An option nobody knows.
    #[error("unknown option {0:?}; `tessera-app --help` lists them")]
    Unknown(String),
}

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Tessera: pay and get paid with codes and links.

usage: tessera-app [--scan | --practice | --in-tray | LINK]

  --scan       open on the scan screen
  --practice   open in practice mode: no real money, nothing leaves this machine
  --in-tray    open without a window, where there is a tray to open it from
  --version    print the version
  LINK         a tessera: link to show; it is never opened by itself

environment:
  TESSERA_DATA_DIR       keep everything in this folder instead of the usual one
  TESSERA_CAMERA_FOLDER  show the pictures of this folder as if a camera saw them
  TESSERA_LOG            what goes to the log file, as in `wallet=debug`
";

/// Reads the arguments after the program's name. The last word wins; a link wins over an option.
pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Result<Start, ArgumentError> {
    let mut start = Start::Home;
    for argument in arguments {
        match argument.as_str() {
            "--scan" => start = Start::Scan,
            "--practice" => start = Start::Practice,
            "--in-tray" => start = Start::InTray,
            "" => {}
            option if option.starts_with('-') => return Err(ArgumentError::Unknown(shortened(option))),
            link => {
                start = match Incoming::read(link) {
                    Ok(link) => Start::Link(link),
                    Err(reason) => Start::Refused(reason),
                }
            }
        }
    }
    Ok(start)
}

/// An argument may be as long as the system allows; a message may not.
fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

/// What there is on this machine, seen without opening it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Begun {
    /// A book was in use when the app ended.
    pub(crate) book: bool,
    /// Somebody has practised.
    pub(crate) practice: bool,
}

impl Start {
    /// The page the window opens with. Where nothing was begun the beginning is opened at once, without asking the core.
    pub(crate) fn page(&self, begun: Begun) -> String {
        match self {
            Start::Home | Start::InTray | Start::Refused(_) if begun.book => String::new(),
            Start::Home | Start::InTray | Start::Refused(_) => "welcome".into(),
            Start::Scan => "scan".into(),
            Start::Practice if begun.practice => String::new(),
            Start::Practice => "welcome?practice=1".into(),
            Start::Link(link) => link.page(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGUN: Begun = Begun { book: true, practice: true };

    fn start(arguments: &[&str]) -> Result<Start, ArgumentError> {
        read(arguments.iter().map(|text| (*text).to_owned()))
    }

    #[test]
    fn without_arguments_the_app_opens_where_the_person_was() {
        assert_eq!(start(&[]), Ok(Start::Home));
        let first = start(&[""]).expect("a desktop entry without a link gives nothing");
        assert_eq!(first.page(BEGUN), "");
        assert_eq!(first.page(Begun::default()), "welcome");
    }

    #[test]
    fn practice_without_a_practice_book_only_leads_to_its_beginning() {
        let practice = start(&["--practice"]).expect("an option");
        assert_eq!(practice.page(Begun { book: true, practice: false }), "welcome?practice=1");
        assert_eq!(practice.page(BEGUN), "");
        assert_eq!(start(&["--scan"]).map(|s| s.page(BEGUN)), Ok("scan".into()));
    }

    #[test]
    fn a_link_is_shown_and_anything_else_is_refused() {
        let page = start(&["tessera://pay.example/@ana/5.00-USD"]).map(|s| s.page(BEGUN));
        assert_eq!(page, Ok("scan?text=https%3A%2F%2Fpay.example%2F%40ana%2F5.00-USD".into()));
        assert!(matches!(start(&["/etc/passwd"]), Ok(Start::Refused(_))));
        assert!(matches!(start(&["https://example.org/"]), Ok(Start::Refused(_))));
    }

    #[test]
    fn an_unknown_option_is_named_in_a_message_of_bounded_length() {
        let Err(ArgumentError::Unknown(text)) = start(&[&format!("--{}\u{1b}[2J", "x".repeat(5000))]) else {
            panic!("accepted")
        };
        assert!(text.chars().count() <= 40 && !text.contains('\u{1b}'));
    }
}
