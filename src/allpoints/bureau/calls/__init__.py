"""The calls of a hub's API: what each one sends and what comes back, a file for each subject. Nothing here sends."""
