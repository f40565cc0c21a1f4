import pytest
from nacl.signing import SigningKey

from allpoints.audit import VerifierKey


@pytest.fixture(scope="session")
def signing_key():
    return SigningKey(bytes(range(32)))


@pytest.fixture(scope="session")
def key(signing_key):
    return VerifierKey.of("hub.example/log", signing_key)
