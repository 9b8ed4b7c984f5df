//! Audit logs in SQLite and PostgreSQL: for one machine, and for several processes that share one log.
