//! The server from outside: over its router, and in practice mode over its socket.

mod account;
mod app;
mod browser;
mod contract;
mod devices;
mod guests;
mod hostile;
mod letters;
mod live;
mod pages;
mod payments;
mod people;
mod practice;
mod requests;
mod returns;
mod safety;
