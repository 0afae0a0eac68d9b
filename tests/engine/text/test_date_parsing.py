"""Dates in all usual writings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.date_parsing import CalendarDay, find_dates

SECOND_OF_MARCH = CalendarDay(2018, 3, 2)


@pytest.mark.parametrize(
    "text",
    [
        "2018-03-02",
        "2018/03/02",
        "2018.03.02",
        "2018. 3. 2.",
        "2018-03-02T18:22",
        "20180302",
        "IMG_20180302_182200",
        "02.03.2018",
        "2. 3. 2018",
        "2 Mar 2018",
        "02MAR2018",
        "2-Mar-18",
        "02 Mar 18",
        "2nd of March, 2018",
        "March 2, 2018",
        "Mar. 2nd 2018",
        "2018 March 2",
        "2. März 2018",
        "2 de marzo de 2018",
        "le 2 mars 2018",
        "2018年3月2日",
        "2018년 3월 2일",
        "Date:2/Mar/2018 10:17",
    ],
)
def test_a_day_is_read(text: str) -> None:
    (found,) = find_dates(text)
    assert (found.day_first, found.month_first) == (SECOND_OF_MARCH, SECOND_OF_MARCH)


@pytest.mark.parametrize(
    "text", ["March 2018", "Mar 2018", "Mar-18", "Mar '18", "03/2018", "3/2018", "2018-03"]
)
def test_a_month_is_read(text: str) -> None:
    (found,) = find_dates(text)
    assert found.is_clear
    assert found.day_first == CalendarDay(2018, 3)


@pytest.mark.parametrize("text", ["02-03-18", "02/03/2018", "2/3/18"])
def test_numbers_alone_are_read_both_ways(text: str) -> None:
    (found,) = find_dates(text)
    assert (found.day_first, found.month_first) == (CalendarDay(2018, 3, 2), CalendarDay(2018, 2, 3))


def test_a_date_that_is_clear_settles_the_others_of_its_text() -> None:
    days = find_dates("31/12/2017 to 02/03/2018")
    months = find_dates("12/31/2017 to 02/03/2018")
    assert [found.day_first for found in days] == [CalendarDay(2017, 12, 31), CalendarDay(2018, 3, 2)]
    assert [found.day_first for found in months] == [CalendarDay(2017, 12, 31), CalendarDay(2018, 2, 3)]
    assert not find_dates("31/12/2017, 12/31/2017, 02/03/2018")[-1].is_clear


@pytest.mark.parametrize(
    "text",
    [
        "1,234.50",
        "3.2.10",
        "192.168.10.12",
        "03-33 62 36",
        "2018-13-45",
        "00/00/0000",
        "in March",
        "32.14.2018",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert find_dates(text) == []


@given(st.text("0123456789/-. marchMay年月日'", max_size=30))
def test_dates_stand_in_the_order_of_the_text(text: str) -> None:
    found = find_dates(text)
    ends = [0, *(dated.end for dated in found)]
    assert all(end <= dated.start < dated.end for end, dated in zip(ends, found, strict=False))
