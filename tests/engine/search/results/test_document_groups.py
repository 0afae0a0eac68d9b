"""The pages of a document as one hit: the best page stands for those that match as well."""

from __future__ import annotations

import numpy as np
import pytest

from engine.records import Verdict
from engine.search.ranking.ranking import CONFIDENCE, EMPTY_RANKING, Ranking
from engine.search.results.document_groups import DocumentGroups, group_by_document
from engine.store.items.item_table import ItemRows

STRONG, WEAK, NONE = Verdict.STRONG, Verdict.WEAK, Verdict.NONE
# 1 to 3 are pages of content 10, 4 and 5 of content 11; 6 and 7 are photographs of one content.
CONTENTS = {1: 10, 2: 10, 3: 10, 4: 11, 5: 11, 6: 12, 7: 12}
PAGES = {1, 2, 3, 4, 5}


@pytest.fixture
def known() -> ItemRows:
    items = np.array(list(CONTENTS), np.int64)
    unused = np.zeros(len(items), np.int64)
    contents = np.array(list(CONTENTS.values()), np.int64)
    is_page = np.array([item in PAGES for item in CONTENTS])
    return ItemRows(items, contents, is_page, unused, unused, unused, unused, unused)


def ranking(*entries: tuple[int, Verdict]) -> Ranking:
    return Ranking(
        np.array([item for item, _ in entries], np.int64),
        np.arange(len(entries), 0, -1, dtype=np.float64),
        np.array([CONFIDENCE[verdict] for _, verdict in entries], np.int8),
    )


def told(grouped: DocumentGroups) -> list[tuple[int, list[int]]]:
    return [
        (item, grouped.others.get(item, EMPTY_RANKING).items.tolist())
        for item in grouped.leading.items.tolist()
    ]


def test_the_best_page_leads_and_the_others_follow_it_in_their_order(known: ItemRows) -> None:
    answer = ranking((2, STRONG), (6, WEAK), (4, WEAK), (3, WEAK), (7, WEAK), (1, WEAK))
    assert told(group_by_document(answer, known)) == [(2, [3, 1]), (6, []), (4, []), (7, [])]


def test_a_page_that_is_far_off_may_lead_but_is_no_further_match(known: ItemRows) -> None:
    answer = ranking((1, WEAK), (2, NONE), (5, NONE), (4, NONE))
    assert told(group_by_document(answer, known)) == [(1, []), (5, [])]


def test_what_is_no_longer_known_stands_alone(known: ItemRows) -> None:
    answer = ranking((99, WEAK), (1, WEAK), (98, WEAK))
    assert told(group_by_document(answer, known)) == [(99, []), (1, []), (98, [])]
    assert told(group_by_document(answer, known.at(np.array([], np.int64)))) == [(99, []), (1, []), (98, [])]


def test_the_first_few_keep_their_further_pages(known: ItemRows) -> None:
    answer = group_by_document(ranking((1, WEAK), (4, WEAK), (2, WEAK), (5, WEAK)), known)
    assert told(answer.head(1)) == [(1, [2])]
    assert told(group_by_document(EMPTY_RANKING, known)) == []
