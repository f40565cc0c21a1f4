"""The console: a bureau's people work with it in the browser. Pages are rendered here; it holds no rules of its own.

`app.create_app` makes the application; `pages` lists every page; `docs/console.md` says how one is added.
"""
