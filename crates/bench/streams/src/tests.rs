use super::*;
use qr::{Effort, scan};

#[test]
fn a_seed_gives_the_same_pixels_and_another_seed_others() {
    for kind in Kind::ALL {
        let (mut one, mut same, mut other) = (Stream::new(kind, 5), Stream::new(kind, 5), Stream::new(kind, 6));
        assert_eq!(one.text(), same.text());
        assert_ne!(one.text(), other.text());
        let (first, second) = (one.next().expect("a picture"), one.next().expect("a picture"));
        assert!(first == same.next().expect("a picture") && second == same.next().expect("a picture"), "{kind:?}");
        assert!(first != other.next().expect("a picture") && first != second, "{kind:?}");
    }
}

#[test]
fn the_code_can_be_read_when_what_stands_in_the_way_is_gone() {
    for (kind, picture) in [(Kind::Focus, 89), (Kind::Approach, 89)] {
        let mut stream = Stream::new(kind, 3);
        let text = stream.text().to_owned();
        let last = stream.nth(picture).expect("as many pictures");
        let read = scan(&last, Effort::Still);
        assert!(read.iter().any(|symbol| symbol.text.as_deref() == Some(&text)), "{kind:?}");
    }
}

#[test]
fn a_code_far_out_of_focus_or_far_away_cannot_be_read_yet() {
    for kind in [Kind::Focus, Kind::Approach] {
        let first = Stream::new(kind, 3).next().expect("a picture");
        assert_eq!(scan(&first, Effort::Stream), [], "{kind:?}");
    }
}

#[test]
fn a_passing_code_is_whole_for_a_while_only() {
    let stream = Stream::new(Kind::Passing, 1);
    let whole = |n: u32| stream.story.moment(n).poses.iter().all(|pose| stream.scene.is_whole(pose));
    assert!(!whole(0) && !whole(stream.pictures() - 1));
    assert!(whole(stream.whole_from()) && stream.whole_from() > 0);
}
