//! A body on its way through, of which somebody may keep the beginning.
//!
//! Frames pass as they come, trailers too, and only when whoever reads asks for the next: nothing is stored but the copy,
//! which is bounded. It must not know what the bytes say.

use crate::exchange;
use bytes::{Buf, Bytes};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// So much of a body is kept for whoever wants to know what it said.
pub(super) const KEPT: usize = 64 << 10;

/// Whoever wants to know of a body. If the body never ends, it is only dropped.
pub(super) trait Ear: Send + Unpin + 'static {
    /// The whole body has come, and its last frame has not yet been passed on.
    fn ended(self, body: exchange::Body);
}

/// A body that passes.
pub(super) struct Tee<E, G = ()> {
    inner: Incoming,
    heard: Option<Heard<E>>,
    /// Kept until the body is gone.
    _guard: G,
}

struct Heard<E> {
    ear: E,
    kept: Vec<u8>,
    cut: bool,
}

impl<E: Ear, G> Tee<E, G> {
    /// A body that `ear` is told of, if there is one; of a body that is empty at once.
    pub(super) fn new(inner: Incoming, ear: Option<E>, guard: G) -> Self {
        let heard = ear.map(|ear| Heard { ear, kept: Vec::new(), cut: false });
        let mut tee = Self { inner, heard, _guard: guard };
        tee.end_if_over();
        tee
    }

    fn end_if_over(&mut self) {
        if self.heard.is_some() && self.inner.is_end_stream() {
            self.end();
        }
    }

    fn end(&mut self) {
        if let Some(Heard { ear, kept, cut }) = self.heard.take() {
            ear.ended(if cut { exchange::Body::Cut(kept) } else { exchange::Body::Whole(kept) });
        }
    }
}

impl<E> Heard<E> {
    fn keep(&mut self, data: &Bytes) {
        let room = KEPT - self.kept.len();
        self.kept.extend_from_slice(&data[..data.len().min(room)]);
        self.cut |= data.remaining() > room;
    }
}

impl<E: Ear, G: Unpin> Body for Tee<E, G> {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                if let (Some(heard), Some(data)) = (&mut self.heard, frame.data_ref()) {
                    heard.keep(data);
                }
                // Behind trailers nothing comes, and nobody may ask for more.
                if frame.is_trailers() {
                    self.end();
                } else {
                    self.end_if_over();
                }
            }
            // Whoever hears nothing of its end knows that it broke off.
            Some(Err(_)) => self.heard = None,
            None => self.end(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
