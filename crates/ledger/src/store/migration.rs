use super::tx::{Inner, Tx};
use super::{Database, Store};
use crate::{LedgerError, args};
use sha2::{Digest, Sha256};

/// One step of a named set of tables. Ids grow; a step that ran is never edited.
///
/// One text serves both databases: BIGINT, TEXT and BLOB (written in capitals; PostgreSQL gets BYTEA). What differs goes
/// between lines that hold only `-- sqlite:`, `-- postgres:` and `-- both:`.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Place in the set, growing.
    pub id: i64,
    /// Statements, each ended by a semicolon.
    pub sql: &'static str,
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS ledger_migration (
    name TEXT NOT NULL, id BIGINT NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (name, id));";

/// "ledger" in bytes: the advisory lock that lets one replica migrate at a time.
#[cfg(feature = "postgres")]
const LOCK: &str = "SELECT pg_advisory_xact_lock(119182872208754)";

impl Store {
    /// Brings the tables of the set `name` up to date, in one commit; steps that ran before are skipped.
    pub async fn migrate(&self, name: &'static str, steps: &[Migration]) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        #[cfg(feature = "postgres")]
        if self.database() == Database::Postgres {
            tx.script(LOCK).await?;
        }
        tx.script(&text_for(TABLE, self.database())).await?;
        let done = tx.rows("SELECT id, digest FROM ledger_migration WHERE name = $1 ORDER BY id", args![name]).await?;
        let newest = done.last().map(|row| row.i64(0)).transpose()?.unwrap_or(i64::MIN);
        if steps.iter().map(|step| step.id).max().unwrap_or(i64::MIN) < newest {
            return Err(LedgerError::Newer { name });
        }
        for step in steps {
            let digest: [u8; 32] = Sha256::digest(step.sql).into();
            let mut ran = None;
            for row in &done {
                if row.i64(0)? == step.id {
                    ran = Some(row.bytes::<32>(1)?);
                }
            }
            match ran {
                Some(before) if before == digest => continue,
                None if step.id > newest => {}
                Some(_) | None => return Err(LedgerError::MigrationChanged { name, id: step.id }),
            }
            tx.script(&text_for(step.sql, self.database())).await?;
            tx.execute(
                "INSERT INTO ledger_migration (name, id, digest) VALUES ($1, $2, $3)",
                args![name, step.id, digest],
            )
            .await?;
        }
        tx.commit().await
    }
}

impl Store {
    /// Whether this SQLite book has tables, and [`Store::migrate_ledger`] or [`Store::migrate`] of the set `name` would
    /// change them.
    pub async fn would_migrate(&self, name: &'static str, steps: &[Migration]) -> Result<bool, LedgerError> {
        let mut tx = self.read().await?;
        let known = tx.row("SELECT 1 FROM sqlite_schema WHERE name = 'ledger_migration'", args![]).await?;
        if known.is_none() {
            return Ok(false);
        }
        for (name, steps) in [("ledger", crate::book::TABLES), (name, steps)] {
            let row = tx.row("SELECT MAX(id) FROM ledger_migration WHERE name = $1", args![name]).await?;
            let newest = row.map(|row| row.opt_i64(0)).transpose()?.flatten().unwrap_or(i64::MIN);
            if steps.iter().any(|step| step.id > newest) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Tx {
    /// Which database this is.
    pub fn database(&self) -> Database {
        match self.inner {
            Inner::Sqlite(_) => Database::Sqlite,
            #[cfg(feature = "postgres")]
            Inner::Postgres(_) => Database::Postgres,
        }
    }
}

fn text_for(sql: &str, database: Database) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut wanted = true;
    for line in sql.lines() {
        match line.trim() {
            "-- both:" => wanted = true,
            "-- sqlite:" => wanted = database == Database::Sqlite,
            "-- postgres:" => wanted = database == Database::Postgres,
            _ if wanted => {
                text.push_str(line);
                text.push('\n');
            }
            _ => {}
        }
    }
    if database == Database::Sqlite { text } else { with_bytea(&text) }
}

fn with_bytea(sql: &str) -> String {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    sql.split_inclusive(|c| !part_of_word(c))
        .map(|piece| match piece.strip_prefix("BLOB") {
            Some(rest) if !rest.starts_with(part_of_word) => format!("BYTEA{rest}"),
            _ => piece.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_becomes_each_databases_own() {
        let sql =
            "a BLOB,\nb BLOB NOT NULL, c BLOBS\n-- sqlite:\nonly lite\n-- postgres:\nonly pg BLOB;\n-- both:\nend";
        assert_eq!(text_for(sql, Database::Sqlite), "a BLOB,\nb BLOB NOT NULL, c BLOBS\nonly lite\nend\n");
        assert_eq!(text_for(sql, Database::Postgres), "a BYTEA,\nb BYTEA NOT NULL, c BLOBS\nonly pg BYTEA;\nend\n");
    }
}
