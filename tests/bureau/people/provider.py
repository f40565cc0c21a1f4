"""A small OpenID Connect provider over real HTTP, that can be told to cheat."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "node-of-alb", "a secret of the client"


class Provider:
    """Runs in a thread; `claims` go over what it would say, `key` signs."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
        self.published = [self.key]
        self.claims: dict[str, Any] = {}
        self.subject = "subject-1"
        self.issuer_said: str | None = None
        self._codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider._get(self)

            def do_POST(self) -> None:
                provider._post(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def consent(self, url: str) -> tuple[str, str]:
        """What the browser brings back after somebody signed in at the authorization endpoint: code and state."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code"
        assert asked["scope"] == "openid"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked
        return code, asked["state"]

    def _get(self, handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/.well-known/openid-configuration":
            _reply(
                handler,
                {
                    "issuer": self.issuer_said or self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token",
                    "jwks_uri": f"{self.issuer}/keys",
                    "scopes_supported": ["openid"],
                },
            )
        else:
            _reply(handler, KeySet(list(self.published)).as_dict(private=False))

    def _post(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers["content-length"])
        form = {n: v[0] for n, v in parse_qs(handler.rfile.read(length).decode()).items()}
        asked = self._codes.pop(form["code"], None)
        scheme, _, credentials = handler.headers.get("authorization", "").partition(" ")
        known = scheme == "Basic" and base64.b64decode(credentials).decode() == f"{CLIENT}:{SECRET}"
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        if not (
            known
            and asked
            and asked["redirect_uri"] == form["redirect_uri"]
            and asked["code_challenge"] == challenge.rstrip(b"=").decode()
        ):
            _reply(handler, {"error": "invalid_grant"}, status=400)
            return
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": self.subject,
            "iat": int(time.time()),
            "exp": int(time.time()) + 60,
            "nonce": asked["nonce"],
        } | self.claims
        token = jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key, algorithms=["RS256"])
        _reply(handler, {"id_token": token, "access_token": "x", "token_type": "Bearer"})


def _reply(handler: BaseHTTPRequestHandler, body: object, status: int = 200) -> None:
    data = json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)
