"""The hub's HTTP API: translates in and out, holds no rules. `serve` runs it, `housekeeping` looks after it."""
