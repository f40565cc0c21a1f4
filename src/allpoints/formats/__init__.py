"""Files and texts that come from outside: each format is parsed and written here, and holds no rules."""
