//! The server from outside, over its router and its socket.
