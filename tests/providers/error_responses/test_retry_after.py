"""When to come back: only a time to come counts; zero, the past and nonsense say nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.providers.error_responses.retry_after import MAX_RETRY_AFTER_S, retry_after_header

NOW = 1_790_000_000.0  # Mon, 21 Sep 2026 14:13:20 GMT


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "0"}, None),
        ({"retry-after": "0.0"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "Mon, 21 Sep 2026 14:13:20 GMT"}, None),
        ({"retry-after": "Mon, 21 Sep 2026 14:00:00 GMT"}, None),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 7 "}, 7.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after": "2s"}, 2.0),
        ({"retry-after": "1m2.5s"}, 62.5),
        ({"retry-after": "350ms"}, 0.35),
        ({"retry-after": "Mon, 21 Sep 2026 14:13:25 GMT"}, 5.0),
        ({"retry-after": "Monday, 21-Sep-26 14:13:25 GMT"}, 5.0),
        ({"retry-after": "2026-09-21T14:13:25Z"}, 5.0),
        ({"retry-after": "2026-09-21T16:13:25+02:00"}, 5.0),
        ({"retry-after": "1790000005"}, 5.0),
        ({"retry-after": "1790000005000"}, 5.0),
        ({"retry-after": "1789999990"}, None),
        ({"retry-after": "5, 5"}, 5.0),
        ({"retry-after": "1000000"}, MAX_RETRY_AFTER_S),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "0"}, None),
        ({"retry-after-ms": "-20"}, None),
        ({"retry-after-ms": "never"}, None),
        ({"retry-after-ms": "1500", "retry-after": "1"}, 1.5),
        ({"retry-after-ms": "0", "retry-after": "3"}, 3.0),
        ({"retry-after-ms": "never", "retry-after": "3"}, 3.0),
        ({"retry-after-ms": "250", "retry-after": "0"}, 0.25),
        ({"retry-after-ms": "100", "retry-after": "Mon, 21 Sep 2026 14:13:25 GMT"}, 5.0),
    ],
)
def test_every_form_of_the_header_is_read(headers: dict[str, str], seconds: float | None) -> None:
    found = retry_after_header(headers, lambda: NOW)
    assert found == (None if seconds is None else pytest.approx(seconds))  # pyright: ignore[reportUnknownMemberType]


@given(st.dictionaries(st.sampled_from(["retry-after", "retry-after-ms"]), st.text(max_size=30) | st.floats().map(str)))
def test_no_header_gives_a_time_that_is_over_or_without_end(headers: dict[str, str]) -> None:
    found = retry_after_header(headers, lambda: NOW)
    assert found is None or 0 < found <= MAX_RETRY_AFTER_S
