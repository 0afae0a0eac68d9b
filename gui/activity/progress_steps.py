"""The steps of indexing, and the progress of each."""

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
    "taking in meaning",  # also before text recognition, for PDFs with text, since that takes hours
    "looking at pages",
)


class StepState(Enum):
    """The state of a step."""

    DONE = "done"
    NOW = "now"
    PAUSED = "paused"
    TO_COME = "to come"
    UNFINISHED = "unfinished"
    OFF = "off"

    @property
    def words(self) -> str:
        """The state in words."""
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
    """A step with its state."""

    phase: str
    state: StepState
    details: str = ""  # the progress, while it runs


def steps(
    state: IndexState, snapshot: Snapshot, status: LibraryStatus, read_text: bool, page_model: bool
) -> tuple[Step, ...]:
    """The steps in order. `page_model`: a downloaded page model is in use, which adds a step."""
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
    """Describe the progress: "312 of 1,204 files · 14 a second · about 2 minutes left"."""
    parts = [strings.done_of(snapshot.done + snapshot.failed, snapshot.found, snapshot.unit)]
    if snapshot.failed:
        parts.append(strings.failed(snapshot.failed))
    if running:
        parts += [strings.rate(snapshot.rate), strings.remaining(snapshot.remaining_seconds)]
    return " · ".join(part for part in parts if part)


def _at_work(phase: str, state: IndexState, snapshot: Snapshot) -> Step:
    """The step that runs; its rate and remaining time are in the bar below."""
    how_far = strings.done_of(snapshot.done + snapshot.failed, snapshot.found, snapshot.unit)
    return Step(phase, StepState.NOW if state is IndexState.RUNNING else StepState.PAUSED, how_far)
