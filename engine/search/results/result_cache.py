"""Answers that are kept for who asks for the hits that come next."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from typing import Generic, TypeVar

from engine.records import Query

MOST = 8  # answers; the order of 100,000 hits takes 2 MB

Answer = TypeVar("Answer")


class ResultCache(Generic[Answer]):
    """The last answers by what was asked, whichever of their hits. Safe to use from several threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._answers: OrderedDict[Query, Answer] = OrderedDict()

    def get(self, query: Query) -> Answer | None:
        with self._lock:
            found = self._answers.get(_cache_key(query))
            if found is not None:
                self._answers.move_to_end(_cache_key(query))
            return found

    def put(self, query: Query, answer: Answer) -> None:
        with self._lock:
            self._answers[_cache_key(query)] = answer
            self._answers.move_to_end(_cache_key(query))
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)


def _cache_key(query: Query) -> Query:
    return replace(query, offset=0, limit=0)
