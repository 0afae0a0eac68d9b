"""What a library goes through until everything is done, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.progress import Snapshot
from engine.records import LibraryStatus
from gui import strings
from gui.indexing import AT_REST, IndexState
from gui.strings import activity as words

ORDER = (
    "scanning",
    "indexing",
    "finding themes and duplicates",
    "reading text",
    "taking in meaning",  # of text layers also before, since reading takes hours
    "looking at pages",
)


class StepState(Enum):
    DONE = "done"
    NOW = "now"
    PAUSED = "paused"
    TO_COME = "to come"
    UNFINISHED = "unfinished"
    OFF = "off"

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    StepState.DONE: words.DONE,
    StepState.NOW: words.NOW,
    StepState.PAUSED: strings.PAUSED,
    StepState.TO_COME: words.TO_COME,
    StepState.UNFINISHED: words.UNFINISHED,
    StepState.OFF: words.SWITCHED_OFF,
}


@dataclass(frozen=True, slots=True)
class Step:
    phase: str
    state: StepState
    details: str = ""  # how far, while it is at work


def steps(
    state: IndexState, snapshot: Snapshot, status: LibraryStatus, read_text: bool, page_model: bool
) -> tuple[Step, ...]:
    """In the order in which they are done. `page_model`: whether one is at work that has to be downloaded."""
    shown = [phase for phase in ORDER if page_model or phase in (*ORDER[:-1], snapshot.phase)]
    busy = state in (IndexState.RUNNING, IndexState.PAUSED, IndexState.STOPPING)
    at = ORDER.index(snapshot.phase) if busy and snapshot.phase in ORDER else None
    left = {"indexing": status.pending, "reading text": status.unread, "taking in meaning": status.unembedded}
    result = []
    for phase in shown:
        place = ORDER.index(phase)
        if phase == "reading text" and not read_text:
            result.append(Step(phase, StepState.OFF))
        elif place == at:
            result.append(_at_work(phase, state, snapshot))
        elif busy and snapshot.phase != AT_REST and (at is None or place > at):
            result.append(Step(phase, StepState.TO_COME))
        else:
            result.append(Step(phase, StepState.UNFINISHED if left.get(phase) else StepState.DONE))
    return tuple(result)


def progress_words(snapshot: Snapshot, running: bool) -> str:
    """ "312 of 1,204 files · 14 a second · about 2 minutes left"."""
    parts = [strings.done_of(snapshot.done + snapshot.failed, snapshot.found, snapshot.unit)]
    if snapshot.failed:
        parts.append(strings.failed(snapshot.failed))
    if running:
        parts += [strings.rate(snapshot.rate), strings.remaining(snapshot.remaining_seconds)]
    return " · ".join(part for part in parts if part)


def _at_work(phase: str, state: IndexState, snapshot: Snapshot) -> Step:
    """Rate and time left stand in the bar below, what failed beside it."""
    how_far = strings.done_of(snapshot.done + snapshot.failed, snapshot.found, snapshot.unit)
    return Step(phase, StepState.NOW if state is IndexState.RUNNING else StepState.PAUSED, how_far)
