//! What comes back by the calendar, over months of a clock that stands still unless moved.

use protocol::body::Request;
use uuid::Uuid;
use wallet::view::*;
use wallet::*;

use crate::paying::draft;
use crate::world::*;

/// The world begins on Friday 15 January 2027, 08:00 UTC.
const DAY_MS: i64 = 86_400_000;

fn monthly(kind: ScheduleKind) -> ScheduleForm {
    ScheduleForm {
        kind,
        handle: Some("@Harbor".into()),
        amount: usd("40.00"),
        note: "Lessons".into(),
        from: "2027-01-31".into(),
        at: "09:00".into(),
        zone: "Europe/Madrid".into(),
        repeat: Repeat::Month,
        weeks: 1,
        month_day: 31,
        until: None,
        times: None,
    }
}

fn shown(moments: &[i64]) -> Vec<String> {
    let text = |ms: &i64| jiff::Timestamp::from_millisecond(*ms).expect("a moment").to_string();
    moments.iter().map(text).collect()
}

fn made(world: &World) -> Vec<Request> {
    world.server.state().requests.clone()
}

/// Moves the clock to this day at noon UTC.
fn go_to(world: &World, day: &str) {
    let at_ms = format!("{day}T12:00:00Z").parse::<jiff::Timestamp>().expect("a day").as_millisecond();
    world.wait(at_ms - world.clock.now_ms());
}

async fn only(app: &App) -> ScheduleRow {
    app.schedules().await.expect("schedules").remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_three_are_shown_and_nine_o_clock_stays_nine_in_summer() {
    let world = World::new();
    let app = world.joined().await;
    let next = app.preview_schedule(monthly(ScheduleKind::Request)).await.expect("read").next_ms;
    assert_eq!(shown(&next), ["2027-01-31T08:00:00Z", "2027-02-28T08:00:00Z", "2027-03-31T07:00:00Z"]);
    let past = ScheduleForm { from: "2026-01-01".into(), repeat: Repeat::Once, ..monthly(ScheduleKind::Request) };
    assert!(app.preview_schedule(past.clone()).await.expect("read").next_ms.is_empty());
    assert_eq!(app.save_schedule(past, None).await.expect_err("over").code(), ErrorCode::DateInvalid);
    for wrong in [
        ScheduleForm { from: "2027-02-30".into(), ..monthly(ScheduleKind::Request) },
        ScheduleForm { at: "25:00".into(), ..monthly(ScheduleKind::Request) },
        ScheduleForm { zone: "Moon/Base".into(), ..monthly(ScheduleKind::Request) },
        ScheduleForm { month_day: 32, ..monthly(ScheduleKind::Request) },
        ScheduleForm { until: Some("2027-12-01".into()), times: Some(3), ..monthly(ScheduleKind::Request) },
    ] {
        assert_eq!(app.save_schedule(wrong, None).await.expect_err("refused").code(), ErrorCode::DateInvalid);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_month_makes_one_request_also_late_and_also_after_a_crash_before_it_was_sent() {
    let world = World::new();
    let app = world.joined().await;
    app.save_schedule(monthly(ScheduleKind::Request), None).await.expect("kept");
    app.sync_now().await.expect("nothing due");
    assert!(made(&world).is_empty());
    // The app is closed on the day; two weeks later it is made once, late. It crashes between storing and sending.
    go_to(&world, "2027-02-14");
    world.server.fault("POST /v1/requests", Fault::Offline);
    let _ = app.sync_now().await;
    assert!(made(&world).is_empty());
    app.close().await;
    drop(app);
    let app = world.open().await.expect("opened again");
    app.sync_now().await.expect("sent");
    app.sync_now().await.expect("nothing more");
    assert_eq!(made(&world).len(), 1);
    go_to(&world, "2027-02-28");
    app.sync_now().await.expect("sent");
    go_to(&world, "2027-03-31");
    app.sync_now().await.expect("sent");
    let all = made(&world);
    assert_eq!(all.len(), 3);
    assert_eq!(all.iter().map(|it| it.id).collect::<std::collections::BTreeSet<Uuid>>().len(), 3);
    assert!(all.iter().all(|it| it.note == "Lessons" && it.amount == Some(usd("40.00"))));
    assert_eq!(only(&app).await.due, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn months_that_were_missed_are_never_sent_in_a_burst_without_asking() {
    for (answer, sent) in [(MissedAnswer::All, 3), (MissedAnswer::Latest, 1), (MissedAnswer::Skip, 0)] {
        let world = World::new();
        let app = world.joined().await;
        let id = app.save_schedule(monthly(ScheduleKind::Request), None).await.expect("kept").id;
        go_to(&world, "2027-04-15");
        app.sync_now().await.expect("looked");
        assert!(made(&world).is_empty(), "nobody was asked yet");
        assert_eq!(only(&app).await.due.map(|due| (due.number, due.count)), Some((0, 3)));
        app.answer_missed(id, answer).await.expect("decided");
        app.sync_now().await.expect("sent");
        assert_eq!(made(&world).len(), sent, "{answer:?}");
        let row = only(&app).await;
        assert_eq!((row.due, shown(&row.next_ms)[0].as_str()), (None, "2027-04-30T07:00:00Z"));
        assert!(app.answer_missed(id, answer).await.is_err(), "nothing is missed any more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn skipped_paused_and_ended_ones_are_not_made_and_a_pause_is_not_made_up_for() {
    let world = World::new();
    let app = world.joined().await;
    let id = app.save_schedule(monthly(ScheduleKind::Request), None).await.expect("kept").id;
    app.set_schedule(id, ScheduleAct::SkipNext).await.expect("skipped");
    assert_eq!(shown(&only(&app).await.next_ms)[0], "2027-02-28T08:00:00Z");
    app.set_schedule(id, ScheduleAct::Pause).await.expect("paused");
    go_to(&world, "2027-06-15");
    app.sync_now().await.expect("looked");
    let row = only(&app).await;
    assert_eq!((row.state, row.due, row.next_ms.len()), (ScheduleState::Paused, None, 0));
    app.set_schedule(id, ScheduleAct::Resume).await.expect("goes on");
    app.sync_now().await.expect("looked");
    assert!(made(&world).is_empty());
    assert_eq!(shown(&only(&app).await.next_ms)[0], "2027-06-30T07:00:00Z");
    app.set_schedule(id, ScheduleAct::End).await.expect("ended");
    go_to(&world, "2027-07-15");
    app.sync_now().await.expect("looked");
    assert!(made(&world).is_empty());
    assert_eq!(app.set_schedule(id, ScheduleAct::Resume).await.expect_err("over").code(), ErrorCode::WrongState);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_schedule_takes_the_place_of_the_old_one() {
    let world = World::new();
    let app = world.joined().await;
    let old = app.save_schedule(monthly(ScheduleKind::Request), None).await.expect("kept").id;
    let dearer = ScheduleForm { amount: usd("45.00"), ..monthly(ScheduleKind::Request) };
    app.save_schedule(dearer, Some(old)).await.expect("kept");
    go_to(&world, "2027-02-01");
    app.sync_now().await.expect("sent");
    assert_eq!(made(&world).iter().map(|it| it.amount.clone()).collect::<Vec<_>>(), [Some(usd("45.00"))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduled_payment_moves_nothing_before_it_is_confirmed_and_is_due_once() {
    let world = World::new();
    let app = world.joined().await;
    let id = app.save_schedule(monthly(ScheduleKind::Payment), None).await.expect("kept").id;
    go_to(&world, "2027-03-01");
    app.sync_now().await.expect("looked");
    assert!(world.server.state().orders.is_empty() && made(&world).is_empty());
    assert_eq!(only(&app).await.due.map(|due| (due.number, due.count)), Some((0, 2)));
    let due = |number| DuePayment { schedule_id: id, number };
    let pay = |number| app.prepare_scheduled_payment(draft("harbor", "40.00"), due(number));
    assert_eq!(pay(1).await.expect_err("not the next").code(), ErrorCode::WrongState);
    pay(0).await.expect("prepared");
    app.confirm_view().await.expect("shown");
    app.confirm_cancel().await.expect("closed");
    assert_eq!(only(&app).await.due.map(|due| due.count), Some(2), "closing pays nothing and it stays due");
    pay(0).await.expect("prepared");
    app.confirm_view().await.expect("shown");
    world.wait(700);
    app.confirm_pay(None).await.expect("confirmed");
    app.sync_now().await.expect("paid");
    assert_eq!(world.server.state().orders.len(), 1);
    assert_eq!(only(&app).await.due.map(|due| (due.number, due.count)), Some((1, 1)));
    assert_eq!(pay(0).await.expect_err("paid already").code(), ErrorCode::WrongState);
    assert_eq!(
        app.answer_missed(id, MissedAnswer::All).await.expect_err("never by itself").code(),
        ErrorCode::WrongState
    );
    app.set_schedule(id, ScheduleAct::SkipNext).await.expect("skipped");
    assert_eq!(only(&app).await.due, None);
    world.wait(DAY_MS);
    app.sync_now().await.expect("looked");
    assert_eq!(world.server.state().orders.len(), 1);
}
