//! Servers that answer nonsense or lies, and clocks that are wrong.

use journeys::{Hand, World, assert_books_agree, join_form};
use std::sync::Arc;
use wallet::view::Sync;
use wallet::{ErrorCode, HttpResponse};

const YEAR_S: i32 = 365 * 86_400;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_are_none_change_nothing_and_the_app_recovers() {
    let world = World::new(1).await;
    let ben = world.hand("ben.bakes", "sandbox_visa_debit").await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    let id = ana.pay("ben.bakes", "2.00", None).await.expect("confirmed");
    ana.until_paid(id).await;
    let deep = "[".repeat(100_000).into_bytes();
    let large = vec![b'9'; 1 << 20];
    let answers: Vec<Vec<u8>> =
        vec![vec![], b"<html>busy</html>".to_vec(), b"{}".to_vec(), b"null".to_vec(), vec![0xFF; 64], deep, large];
    for answer in answers {
        for status in [200, 201, 418, 500] {
            let body = answer.clone();
            world.ether.rewrite(move |_, _| HttpResponse { status, body: body.clone() });
            let error = ana.app.sync_now().await.expect_err("nonsense is no answer");
            assert_eq!(error.code(), ErrorCode::BadAnswer, "{status} {:?}", &answer[..answer.len().min(20)]);
            assert_eq!(ana.app.find_payee("ben.bakes").await.expect_err("nonsense").code(), ErrorCode::BadAnswer);
            assert_eq!(ana.moved().await, (200, 0));
        }
    }
    world.ether.honest();
    let id = ana.pay("ben.bakes", "3.00", None).await.expect("the app works again");
    ana.until_paid(id).await;
    assert_books_agree(&world, &[&ana, &ben]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_answered_with_another_amount_stays_unknown_until_the_truth_is_heard() {
    let world = World::new(1).await;
    let ben = world.hand("ben.bakes", "sandbox_visa_debit").await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    world.ether.rewrite(|request, answer| {
        if request.path == protocol::path::FEED || request.path.starts_with("/v1/feed") {
            return HttpResponse { status: 503, body: Vec::new() };
        }
        if !request.path.starts_with("/v1/payments") {
            return answer;
        }
        let text = String::from_utf8(answer.body).expect("JSON").replace("\"3.00\"", "\"9.00\"");
        HttpResponse { status: answer.status, body: text.into_bytes() }
    });
    let id = ana.pay("ben.bakes", "3.00", None).await.expect("confirmed");
    ana.until(id, "nobody knows", |row| row.sync == Sync::Unknown).await;
    assert_eq!(ana.moved().await, (0, 0), "a lie was booked");
    world.ether.honest();
    ana.until_paid(id).await;
    assert_books_agree(&world, &[&ana, &ben]).await;
    assert_eq!(ana.moved().await, (300, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_a_year_wrong_is_said_and_does_not_stop_paying() {
    let world = World::new(1).await;
    let ben = world.hand("ben.bakes", "sandbox_visa_debit").await;
    for (handle, off_s) in [("early.bird", -YEAR_S), ("late.riser", YEAR_S)] {
        let mut options = world.options(handle);
        options.clock = Arc::new(world.clock.shifted(i64::from(off_s) * 1_000));
        let hand = Hand::open(options).await;
        hand.app.join(join_form(&world.address, handle)).await.expect("joined");
        hand.app.add_source("sandbox_visa_debit".into(), String::new()).await.expect("a card");
        let id = hand.pay("ben.bakes", "1.00", None).await.expect("confirmed");
        hand.until_paid(id).await;
        let said = hand.app.status().await.expect("status").clock_off_s.expect("it is said");
        assert!((said + off_s).abs() < 60, "{said}");
        assert_books_agree(&world, &[&hand]).await;
    }
    assert_books_agree(&world, &[&ben]).await;
}
