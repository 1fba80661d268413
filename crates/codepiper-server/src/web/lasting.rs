//! What is answered to somebody who is signed in lasts no longer than the sign-in.

use std::io;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::response::{IntoResponse as _, Response};
use codepiper_engine::Engine;
use futures_util::{StreamExt as _, stream};
use tokio::time::sleep;

use super::door::not_signed_in;

/// How long an answer takes before it is watched whether the sign-in goes on: most are given by
/// then, and cost no look into the database.
const LONG: Duration = Duration::from_millis(100);

/// Answers, unless the sign-in ends first. Of what is sent bit by bit the rest is cut off then.
pub(super) async fn while_signed_in(
    engine: Engine,
    sign_in: String,
    answer: impl Future<Output = Response>,
) -> Response {
    let over = async move {
        sleep(LONG).await;
        engine.auth.over(&sign_in).await;
    };
    let mut over = Box::pin(over);
    let response = tokio::select! {
        // Whoever ends the own sign-in has an answer, too.
        biased;
        response = answer => response,
        () = &mut over => return not_signed_in().into_response(),
    };
    let is_there = response.body().size_hint().exact().is_some();
    if is_there {
        return response;
    }
    let (parts, body) = response.into_parts();
    let pieces = Some((body.into_data_stream(), over));
    let pieces = stream::unfold(pieces, |left| async move {
        let (mut pieces, mut over) = left?;
        tokio::select! {
            biased;
            // An error: the answer must not pass for a whole one.
            () = &mut over => {
                let cut = axum::Error::new(io::Error::other("signed out"));
                Some((Err(cut), None))
            }
            piece = pieces.next() => Some((piece?, Some((pieces, over)))),
        }
    });
    Response::from_parts(parts, Body::from_stream(pieces))
}
