use super::html::escape;
use protocol::body::Person;

/// A person's square face: the picture when there is one that is a PNG or a JPEG, else the seal of their key.
pub fn face(person: &Person) -> String {
    let inside = person.picture.as_deref().and_then(picture).unwrap_or_else(|| seal(&person.public_key));
    format!("<div class=\"face\" aria-hidden=\"true\">{inside}</div>")
}

fn picture(data: &str) -> Option<String> {
    let plain = data.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
    let kind = match data {
        _ if !plain => return None,
        png if png.starts_with("iVBORw0KGgo") => "png",
        jpeg if jpeg.starts_with("/9j/") => "jpeg",
        _ => return None,
    };
    Some(format!("<img src=\"data:image/{kind};base64,{}\" alt=\"\">", escape(data)))
}

/// Tiles of 3.2 with joints of half a unit on a ground of 22, in tenths so that nothing is rounded.
fn seal(public_key: &str) -> String {
    let mut svg = "<svg viewBox=\"0 0 220 220\"><rect width=\"220\" height=\"220\" class=\"g\"/>".to_owned();
    for (index, stone) in protocol::seal(public_key).into_iter().enumerate().filter(|(_, stone)| *stone > 0) {
        let (x, y) = (20 + index % 5 * 37, 20 + index / 5 * 37);
        svg.push_str(&format!("<rect x=\"{x}\" y=\"{y}\" width=\"32\" height=\"32\" rx=\"4\" class=\"s{stone}\"/>"));
    }
    svg + "</svg>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_are_shown_as_pictures() {
        for bad in ["", "PHN2Zz4=", "iVBORw0KGgo\" onerror=\"x", "javascript:alert(1)"] {
            assert_eq!(picture(bad), None, "{bad}");
        }
        assert!(picture("/9j/4AAQ").is_some_and(|tag| tag.contains("data:image/jpeg;base64,/9j/4AAQ\"")));
    }

    #[test]
    fn a_seal_is_drawn_from_the_key() {
        assert_eq!(seal("a"), seal("a"));
        assert_ne!(seal("a"), seal("b"));
    }
}
