"""Reads the dates of photographs again that an older version indexed; decodes and embeds nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait

from engine.errors import FileProblem
from engine.ingest.decode import DecodedFile, DecodeJob
from engine.ingest.pipeline.embed_pass import FILE_PROBLEMS, POLL_SECONDS, Decoder
from engine.progress import CancelToken
from engine.records import PictureInput
from engine.store.items.outdated_dates import OutdatedDates, UndatedPhoto

_NO_PIXELS = PictureInput(1)


def reread_dates(
    dates: OutdatedDates, decoder: Decoder, cancel: CancelToken, stop: Callable[[], bool]
) -> bool:
    """True when none is left within reach, False if `stop` returned True before.

    Raises Cancelled; what was read until then is kept.
    """
    for batch in dates.photos():
        if stop():
            return False
        futures = [decoder.submit(_decode_job(undated)) for undated in batch]
        try:
            while wait(futures, POLL_SECONDS).not_done:
                cancel.checkpoint()
        finally:
            for future in futures:
                future.cancel()
        _save(dates, batch, futures)
    return True


def _decode_job(undated: UndatedPhoto) -> DecodeJob:
    return DecodeJob(
        undated.path, _NO_PIXELS, size=undated.size, mtime_ns=undated.mtime_ns, metadata_only=True
    )


def _save(
    dates: OutdatedDates, batch: Sequence[UndatedPhoto], futures: Sequence[Future[DecodedFile]]
) -> None:
    read: list[tuple[int, str | None]] = []
    for undated, future in zip(batch, futures, strict=True):
        try:
            facts = future.result().metadata
        except FileProblem as problem:
            if problem.kind not in FILE_PROBLEMS:  # those are temporary: retried another time
                dates.skip(undated.item)
        else:
            read.append((undated.item, None if facts is None else facts.taken))
    dates.save(read)
