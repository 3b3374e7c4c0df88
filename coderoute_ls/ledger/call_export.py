"""The calls of a period, one by one, as CSV or JSON: for your own calculations."""

import csv
import json
import sqlite3
from collections.abc import Iterator
from typing import Any, TextIO

from coderoute_ls.ledger import nano_usd
from coderoute_ls.ledger.usage_queries import Period

_MONEY = {
    "expected_nusd": "expected_usd",
    "billed_nusd": "billed_usd",
    "strongest_nusd": "strongest_usd",
    "single_nusd": "single_usd",
}


class Export:
    """The rows of the calls of a period, oldest first; money is in USD."""

    def __init__(self, connection: sqlite3.Connection, period: Period) -> None:
        self._cursor = connection.execute(
            "SELECT * FROM calls WHERE day BETWEEN ? AND ? ORDER BY time, id", (period.first, period.last)
        )
        names = [column[0] for column in self._cursor.description]
        self._money = [index for index, name in enumerate(names) if name in _MONEY]
        self.columns = [_MONEY.get(name, name) for name in names]

    def __iter__(self) -> Iterator[list[Any]]:
        for values in self._cursor:
            row = list(values)
            for index in self._money:
                row[index] = None if row[index] is None else nano_usd.dollars(row[index])
            yield row

    def write_csv(self, file: TextIO) -> int:
        """Returns the number of calls. Money has nine decimals, so that nothing is rounded."""
        writer = csv.writer(file)
        writer.writerow(self.columns)
        count = 0
        for row in self:
            for index in self._money:
                row[index] = None if row[index] is None else f"{row[index]:.9f}"
            writer.writerow(row)
            count += 1
        return count

    def write_json(self, file: TextIO) -> int:
        """One array, an object a line. Returns the number of calls."""
        count = 0
        for row in self:
            file.write("[\n" if count == 0 else ",\n")
            json.dump(dict(zip(self.columns, row, strict=True)), file, ensure_ascii=False)
            count += 1
        file.write("\n]\n" if count else "[]\n")
        return count
