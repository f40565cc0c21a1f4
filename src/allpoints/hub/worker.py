"""One worker of the hub: what its routes work with, from start to stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Request

from allpoints.access import Policies, Quota, Quotas
from allpoints.access.authenticate import HttpMessage
from allpoints.formats.http_signature import normal_authority
from allpoints.hub.environment import Environment
from allpoints.hub.group_commit import GroupCommit, Turns
from allpoints.hub.messages import Room, large_message_of
from allpoints.hub.streams import Streams
from allpoints.modalities.identifiers import Keyring
from allpoints.pipeline import Pipeline
from allpoints.steps.authorise import Authoriser
from allpoints.steps.search import Gallery


class Worker:
    """The parts that the routes use."""

    def __init__(self, environment: Environment) -> None:
        settings, identity = environment.settings, environment.identity
        self.settings = settings
        self.verifier_key = identity.verifier_key
        self.database = environment.database()
        self.gallery = Gallery(self.database, environment.indexes)
        scheme, _, authority = settings.url.partition("://")
        quota = Quota(rate=settings.quota_per_s, burst=settings.quota_burst).share(settings.workers)
        self.authoriser = Authoriser(
            self.database,
            Policies(),
            Quotas(quota),
            frozenset({normal_authority(authority, scheme)}),
        )
        keyring = Keyring(identity.index_secret)
        self.pipeline = Pipeline(self.database, self.gallery, self.authoriser, keyring, identity.signing_key)
        self.group_commit = GroupCommit(self.pipeline)
        self._turns = Turns()
        self._room = Room()
        self.streams = Streams(self.database)

    async def large_message_of(self, request: Request[Any, Any, Any]) -> HttpMessage:
        """Read a request that may bring pictures, see `messages.large_message_of`."""
        return await large_message_of(request, self.pipeline.recognise, self._room)

    @asynccontextmanager
    async def turn(self, message: HttpMessage) -> AsyncIterator[None]:
        """Wait for a turn at work on pictures, and have it: for members alone, since few have room to wait.

        Raises what refuses the signature, and `Unavailable` where too many wait.
        """
        await self.pipeline.recognise(message)
        async with self._turns.turn():
            yield

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open the database, follow the change feed and the notifications; stop all of it at the end."""
        await self.database.open()
        tasks = [
            asyncio.create_task(self.gallery.follow()),
            asyncio.create_task(self.streams.follow()),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.database.close()
