"""Tells when everything of a starting sandbox is up."""

import http.client
from collections.abc import Callable, Mapping

from redis import Redis
from redis.exceptions import RedisError
from rq import Worker

from sandbox import ports
from sandbox.children import QUEUES
from sandbox.place import Place


class Readiness:
    """Asks each part in turn, and never again one that has answered."""

    def __init__(self, place: Place, pids: Callable[[], Mapping[str, int]]) -> None:
        self._pids = pids
        self._place = place
        self._waiting: list[Callable[[], bool]] = [
            lambda: ports.answers(place.catcher_port),
            lambda: ports.answers(place.smtp_port),
            lambda: ports.answers(place.port),
            self._workers_work,
            self._web_answers,
        ]

    def __call__(self) -> bool:
        """Whether all parts are up."""
        while self._waiting and self._waiting[0]():
            del self._waiting[0]
        return not self._waiting

    def _web_answers(self) -> bool:
        connection = http.client.HTTPConnection(
            ports.HOST, self._place.port, timeout=30
        )
        try:
            # The first page is slow; whoever opens it later needn't wait for it.
            connection.request("GET", "/admin/login/")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _workers_work(self) -> bool:
        """Whether the processes just started are registered, not killed ones of old."""
        try:
            with Redis.from_url(self._place.redis_url) as connection:
                registered = {worker.pid for worker in Worker.all(connection)}
        except RedisError:
            return False
        pids = self._pids()
        return all(pids.get(queue) in registered for queue in QUEUES)
