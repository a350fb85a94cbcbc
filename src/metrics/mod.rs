//! What happened: observations in, tables out.

pub mod statistics;
pub mod tables;
