"""Caches answers for queries that request further hits."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from typing import Generic, TypeVar

from engine.records import Query

MOST = 8  # answers; the ranking of 100,000 hits takes 2 MB

Answer = TypeVar("Answer")


class ResultCache(Generic[Answer]):
    """The most recent answers by query, regardless of its range of hits. Thread-safe."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._answers: OrderedDict[Query, Answer] = OrderedDict()

    def get(self, query: Query) -> Answer | None:
        """The cached answer to the query, whatever its offset and limit; None if there is none."""
        with self._lock:
            found = self._answers.get(_cache_key(query))
            if found is not None:
                self._answers.move_to_end(_cache_key(query))
            return found

    def put(self, query: Query, answer: Answer) -> None:
        """Store an answer; the least recently used one is dropped if there are too many."""
        with self._lock:
            self._answers[_cache_key(query)] = answer
            self._answers.move_to_end(_cache_key(query))
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)


def _cache_key(query: Query) -> Query:
    return replace(query, offset=0, limit=0)
