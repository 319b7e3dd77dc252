"""Databases: DuckDB, SQLite and PostgreSQL."""
