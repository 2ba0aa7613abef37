import csv
import io

import pytest

from leitmotiv.formats.tables import csv_lines


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-A1", "@SUM(A1)", "\tx", "\rx"])
def test_a_text_that_is_a_formula_to_a_spreadsheet_stays_text(text):
    sheet = b"".join(csv_lines([{"name": text, "score": -0.5, "year": "-30"}], ["name", "score", "year"])).decode()
    assert list(csv.reader(io.StringIO(sheet, newline="")))[1] == [f"'{text}", "-0.5", "-30"]
