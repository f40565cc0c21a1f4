"""The node's JSON API, with which a national system works with the bureau's messages.

`app.create_app` makes the application, `admission.py` lets programs in by their tokens, and the other modules have the
operations, all of them calls of the mailbox, which holds the rules. `docs/api-bureau.md` is for who connects a system.
"""
