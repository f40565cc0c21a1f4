"""PostgreSQL, the only database: migrations, named SQL, the embedded server."""
