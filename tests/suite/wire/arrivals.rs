//! No request arrives twice, whatever becomes of its connection.

use std::collections::HashMap;
use std::time::Duration;

use fnconform::driver::client::STEP_HEADER;
use fnconform::driver::{Exchange, Failure};

use super::server::{Arrival, Move, RawServer};
use super::{PLENTY, answer, plain, tag};

const TASKS: u64 = 16;
const EACH: u64 = 40;

/// Sends many requests at once, and holds what arrived against what came of each.
async fn never_twice(name: &str, script: impl Fn(&Arrival) -> Vec<Move> + Send + Sync + 'static) {
    let server = RawServer::start(script).await;
    let client = server.client();
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let client = client.clone();
            tokio::spawn(async move {
                let mut exchanges = Vec::new();
                for number in 0..EACH {
                    let tag = tag(task * EACH + number);
                    // GET is what clients dare to send again, POST what they must not.
                    let method = if number % 2 == 0 { "GET" } else { "POST" };
                    let mut request = plain(method, "/");
                    if number % 4 == 3 {
                        request.body = vec![b'x'; 20_000];
                    }
                    exchanges.push((tag.step_header(), client.send(&request, &tag, PLENTY).await));
                    // Long enough at times for a server's closing to come in while the connection is idle.
                    if number % 5 == 0 {
                        tokio::time::sleep(Duration::from_millis(number % 4)).await;
                    }
                }
                exchanges
            })
        })
        .collect();
    let mut exchanges = Vec::new();
    for task in tasks {
        exchanges.extend(task.await.unwrap());
    }
    let mut arrived: HashMap<String, u32> = HashMap::new();
    for arrival in server.arrivals() {
        *arrived.entry(arrival.header(STEP_HEADER).unwrap().to_owned()).or_default() += 1;
    }
    let mut complete = 0;
    for (step, exchange) in exchanges {
        let count = arrived.remove(&step).unwrap_or(0);
        match exchange {
            Exchange::Complete(_) => {
                complete += 1;
                assert_eq!(count, 1, "{name}: {step} was answered");
            }
            Exchange::Failed(Failure::NotSent(_) | Failure::NotTrusted(_)) => {
                assert_eq!(count, 0, "{name}: {step} was not sent")
            }
            Exchange::Failed(Failure::Lost(_)) => assert!(count <= 1, "{name}: {step} arrived {count} times"),
        }
    }
    assert!(arrived.is_empty(), "{name}: nobody sent {arrived:?}");
    assert!(complete >= TASKS * EACH / 4, "{name}: only {complete} were answered");
}

fn ok() -> Move {
    Move::Write(answer("200 OK", "", "{}"))
}

#[tokio::test]
async fn when_the_server_closes_after_some_answers() {
    for answers in [1, 2, 3, 7] {
        let script = move |arrival: &Arrival| match (arrival.before + 1) % answers {
            0 => vec![ok(), Move::Close],
            _ => vec![ok()],
        };
        never_twice(&format!("closes after {answers}"), script).await;
    }
}

#[tokio::test]
async fn when_the_server_closes_a_moment_after_its_answer() {
    let script = |arrival: &Arrival| match arrival.before % 3 {
        2 => vec![ok(), Move::Pause(Duration::from_micros(300)), Move::Close],
        _ => vec![ok()],
    };
    never_twice("closes a moment later", script).await;
}

#[tokio::test]
async fn when_the_server_reads_a_request_on_a_used_connection_and_closes() {
    for end in [Move::Close, Move::Reset] {
        let name = format!("reads, then {end:?}");
        let script = move |arrival: &Arrival| if arrival.before == 2 { vec![end.clone()] } else { vec![ok()] };
        never_twice(&name, script).await;
    }
}

#[tokio::test]
async fn when_the_server_resets_in_the_middle_of_an_answer() {
    let script = |arrival: &Arrival| match arrival.before % 4 {
        3 => vec![Move::Write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n12".to_vec()), Move::Reset],
        _ => vec![ok()],
    };
    never_twice("resets in the middle", script).await;
}

#[tokio::test]
async fn when_the_server_answers_more_than_it_was_asked() {
    // In one packet, so that the second answer cannot pass for the answer to a request that never arrived.
    let twice = answer("200 OK", "", "{}").repeat(2);
    let script = move |arrival: &Arrival| match arrival.before {
        3 => vec![Move::Write(twice.clone()), Move::Close],
        _ => vec![ok()],
    };
    never_twice("answers twice", script).await;
}
