use crate::Migration;

/// Every table of the ledger; names begin with `ledger_`, so that callers may use any others.
pub(crate) const TABLES: &[Migration] =
    &[Migration { id: 1, sql: include_str!("tables.sql") }, Migration { id: 2, sql: include_str!("erasing.sql") }];
