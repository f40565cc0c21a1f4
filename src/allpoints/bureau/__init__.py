"""What a member runs: its keys, its signed requests, and the client of a hub's HTTP API."""

from allpoints.bureau.client import AsyncClient, Client
from allpoints.bureau.keys import BureauKey
from allpoints.bureau.signing import Signer

__all__ = ["AsyncClient", "BureauKey", "Client", "Signer"]
