"""The steps that are shown tell the truth of what is done and what is to come."""

from __future__ import annotations

from engine.progress import Snapshot
from engine.records import LibraryStatus
from gui.activity.progress_steps import ORDER, StepState, steps
from gui.indexing import IndexState

WHOLE = LibraryStatus((), 9, 0, 9, 9, 0, 0, 0, 0, 0, "starter", "starter", 0)
UNFINISHED = LibraryStatus((), 9, 0, 5, 5, 0, 0, 0, 4, 2, "starter", "starter", 0, unembedded=3)


def shown(
    state: IndexState,
    phase: str,
    status: LibraryStatus = WHOLE,
    read_text: bool = True,
    page_model: bool = False,
) -> dict[str, StepState]:
    return {step.phase: step.state for step in steps(state, Snapshot(phase), status, read_text, page_model)}


def test_what_comes_before_the_present_step_is_done_and_what_comes_after_is_to_come() -> None:
    now = shown(IndexState.RUNNING, "finding themes and duplicates", UNFINISHED)
    assert now == {
        "scanning": StepState.DONE,
        "indexing": StepState.UNFINISHED,  # files came meanwhile, or a drive is away
        "finding themes and duplicates": StepState.NOW,
        "reading text": StepState.TO_COME,
        "taking in meaning": StepState.TO_COME,
    }
    assert shown(IndexState.PAUSED, "scanning")["scanning"] is StepState.PAUSED


def test_at_rest_only_what_is_left_undone_is_not_done() -> None:
    assert set(shown(IndexState.WATCHING, "watching").values()) == {StepState.DONE}
    idle = shown(IndexState.IDLE, "indexing", UNFINISHED)
    assert (idle["indexing"], idle["reading text"]) == (StepState.UNFINISHED, StepState.UNFINISHED)
    assert idle["taking in meaning"] is StepState.UNFINISHED
    assert idle["scanning"] is StepState.DONE


def test_what_is_switched_off_or_not_needed_is_not_waited_for() -> None:
    assert (
        shown(IndexState.WATCHING, "watching", UNFINISHED, read_text=False)["reading text"] is StepState.OFF
    )
    assert "looking at pages" not in shown(IndexState.RUNNING, "scanning")
    assert list(shown(IndexState.RUNNING, "looking at pages")) == list(ORDER)
    assert list(shown(IndexState.RUNNING, "scanning", page_model=True)) == list(ORDER)


def test_while_another_program_is_waited_for_everything_is_to_come() -> None:
    assert set(shown(IndexState.RUNNING, "in use").values()) == {StepState.TO_COME}


def test_a_step_says_how_far_it_is() -> None:
    """The bar below it says how fast, and what failed."""
    snapshot = Snapshot("indexing", "files", found=9, done=3, failed=1, rate=2.0)
    now = next(
        step for step in steps(IndexState.RUNNING, snapshot, WHOLE, True, False) if step.phase == "indexing"
    )
    assert now.details == "4 of 9 files"
