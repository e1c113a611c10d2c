"""Token buckets: a burst, a steady refill, and no window edge."""

from __future__ import annotations

import logging
import math
import threading
import time
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.conf import settings

logger = logging.getLogger("acta.api")

SCRIPT = """
local now = redis.call('TIME')
local at = now[1] + now[2] / 1000000
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local capacity, refill = tonumber(ARGV[1]), tonumber(ARGV[2])
local passed = math.max(0, at - (tonumber(bucket[2]) or at))
local tokens = math.min(capacity, (tonumber(bucket[1]) or capacity) + passed * refill)
local fits = tokens >= 1
if fits then tokens = tokens - 1 end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', string.format('%.6f', at))
redis.call('PEXPIRE', KEYS[1], math.ceil(capacity / refill * 1000) + 1000)
return {fits and 1 or 0, tostring(tokens)}
"""


@dataclass(frozen=True)
class Allowance:
    """What is left of a bucket after asking it for one request."""

    allowed: bool
    capacity: int
    refill: float
    tokens: float

    @property
    def remaining(self) -> int:
        """Requests that would fit right now."""
        return math.floor(self.tokens)

    @property
    def wait(self) -> float:
        """Seconds until one request fits."""
        return max(0.0, 1 - self.tokens) / self.refill

    @property
    def full_in(self) -> float:
        """Seconds until the bucket is full again."""
        return (self.capacity - self.tokens) / self.refill


class Buckets(Protocol):
    """Where buckets are kept."""

    def take(self, name: str, capacity: int, refill: float) -> Allowance:
        """Take one token, or learn how long to wait; a refused request takes nothing."""


class MemoryBuckets:
    """Buckets of one process."""

    MOST = 10_000

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, name: str, capacity: int, refill: float) -> Allowance:
        """Take one token."""
        with self._lock:
            at = time.monotonic()
            tokens, since = self._levels.pop(name, (float(capacity), at))
            tokens = min(capacity, tokens + (at - since) * refill)
            allowed = tokens >= 1
            tokens -= allowed
            self._levels[name] = (tokens, at)
            # The dictionary is in order of use: whoever was idle longest is full again anyway.
            while len(self._levels) > self.MOST:
                del self._levels[next(iter(self._levels))]
        return Allowance(allowed, capacity, refill, tokens)

    def clear(self) -> None:
        """Fill every bucket."""
        with self._lock:
            self._levels.clear()


class RedisBuckets:
    """Buckets shared by every process, dated by Redis' own clock."""

    def __init__(self, url: str) -> None:
        import redis

        self._take = redis.Redis.from_url(url).register_script(SCRIPT)
        self._unreachable = redis.RedisError

    def take(self, name: str, capacity: int, refill: float) -> Allowance:
        """Take one token; while Redis cannot be asked nobody is turned away."""
        try:
            allowed, tokens = self._take(keys=[f"acta:bucket:{name}"], args=[capacity, refill])
        except self._unreachable as error:
            logger.error("No rate limits: Redis does not answer: %s", error)
            return Allowance(True, capacity, refill, float(capacity))
        return Allowance(bool(allowed), capacity, refill, float(tokens))


@cache
def buckets() -> Buckets:
    """Redis where there is one, else this process."""
    return RedisBuckets(settings.REDIS_URL) if settings.REDIS_URL else MemoryBuckets()
