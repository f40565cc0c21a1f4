import hashlib

import pytest

from allpoints.errors import InvalidValue
from allpoints.records.identifiers import Identifier, RawIdentifier, key_text, parse_identifier


def parse(scheme: str, value: str) -> Identifier:
    return parse_identifier(RawIdentifier(scheme, value), field="x")


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"])
def test_a_digest_tells_its_algorithm(algorithm: str) -> None:
    digest = hashlib.new(algorithm, b"").hexdigest()
    identifier = Identifier("file-hash", f"{algorithm}:{digest}")
    assert parse("file-hash", digest.upper()) == parse("file-hash", f"{algorithm}:{digest}") == identifier
    assert key_text(identifier) == digest


def test_hyphens_in_an_algorithm_do_not_matter() -> None:
    assert parse("file-hash", "SHA-256:" + "0" * 64).value == "sha256:" + "0" * 64


@pytest.mark.parametrize("value", ["md5:" + "0" * 40, "0" * 33, "g" * 32, "", "md5:"])
def test_what_is_no_digest_is_refused(value: str) -> None:
    with pytest.raises(InvalidValue):
        parse("file-hash", value)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        # RFC 3986, sections 5.4 and 6.2.
        ("HTTP://www.EXAMPLE.com/", "http://www.example.com/"),
        ("http://example.com", "http://example.com/"),
        ("http://example.com:80/", "http://example.com/"),
        ("http://example.com:/", "http://example.com/"),
        ("http://example.com:8080/", "http://example.com:8080/"),
        ("http://a/b/c/./../../g", "http://a/g"),
        ("http://a/b/c/..", "http://a/b/"),
        ("http://a/b/c/.", "http://a/b/c/"),
        ("http://a/../../g", "http://a/g"),
        ("http://a//b", "http://a//b"),
        ("http://a/%7Euser/%e4%b8", "http://a/~user/%E4%B8"),
        ("http://a/%2e%2E/g", "http://a/g"),
        ("http://a/b?q=1&r=%zz#top", "http://a/b?q=1&r=%25zz"),
        ("https://Bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ("https://user@example.org/", "https://user@example.org/"),
        ("http://[2001:DB8:0::1]:80/", "http://[2001:db8::1]/"),
        ("http://a.onion/x{y}", "http://a.onion/x%7By%7D"),
    ],
)
def test_a_url_is_normalised_by_syntax_and_scheme(written: str, canonical: str) -> None:
    assert parse("url", written) == Identifier("url", canonical)


@pytest.mark.parametrize(
    "value",
    ["", "example.org/x", "https://", "http://[::1/", "http://a:x/", "http://a:70000/", "mailto:a@b.org"],
)
def test_what_is_no_url_is_refused(value: str) -> None:
    with pytest.raises(InvalidValue):
        parse("url", value)
