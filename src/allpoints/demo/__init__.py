"""A synthetic world of bureaus and records: to try the hub (`run`, `serve`) and to measure it (`bulk`)."""
