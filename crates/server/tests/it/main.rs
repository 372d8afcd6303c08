//! The server from outside: over its router, and in practice mode over its socket.

mod app;
mod contract;
mod devices;
mod hostile;
mod live;
mod payments;
mod people;
mod practice;
mod requests;
