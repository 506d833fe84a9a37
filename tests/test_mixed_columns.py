"""Columns of text most of whose values are numbers or dates: what stands among them is named."""

import pytest

from glasslogit.errors import TableError
from glasslogit.findings import Code
from glasslogit.tables import Table
from problems import survey_columns


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["€171", "$322", "€5"], "'€171' has '€' and '$322' has '$'"),
        (["5%", "7", "9%"], "'5%' has '%' and '7' has no unit"),
        (["1.344,5 €", "3,5 £", "1 $"], "'3,5 £' has '£', '1 $' has '$'"),
        (["1,5", "1.344,5", "1,344.5"], "has another decimal mark than '1,5' in row 2"),
    ],
)
def test_units_that_are_mixed_are_named(values, said):
    with pytest.raises(TableError, match=r"row \d, column 'a'") as caught:
        survey_columns(Table.of({"a": values * 3}))
    assert said in str(caught.value)
    assert ("have one unit" in str(caught.value)) == ("mark" not in said)


@pytest.mark.parametrize(
    ("write", "dates"),
    [
        ("{0}.{1}.{2:02}", True),
        ("{0:02}-{1:02}-{2:02}", True),
        ("{1}.{0}.{2:02}", True),
        ("{0}.{0}.{2:02}.{1}", False),
        ("3{0}.4{1}.{2:02}", False),
    ],
)
def test_dates_with_two_digits_of_the_year_are_dates_and_no_identifier(write, dates):
    values = [write.format(1 + k % 28, 1 + k % 12, k % 30) for k in range(300)]
    with pytest.raises(TableError) as caught:
        survey_columns(Table.of({"d": values}))
    assert ("a year of two digits" in str(caught.value)) == dates
    assert ("write it as 2024-01-31" in str(caught.value)) == dates
    assert ("identifier" in str(caught.value)) == (not dates)


def test_versions_that_look_like_dates_are_a_category():
    table = Table.of({"v": ["1.2.10", "1.2.11", "1.3.10"] * 5})
    assert list(survey_columns(table).table.columns) == ["v"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            ["5", "6", "7", "<5", "n.d."],
            ["'lab=<5', 'lab=n.d.'] reads '<5', 'n.d.' as missing", "'<5' tells how large"],
        ),
        (["5", "6", "7", "low", "low"], ["'lab=low'] reads 'low' as missing"]),
        (["5", "6", "7", "8", ">9"], ["numbers in 4 of 5 rows", "'lab=>9'] reads"]),
        (["5", "6", "7", "8", "9x"], ["numbers in 4 of 5 rows", "'9x' is to be written as a"]),
        (["5", "6", "<5", "low"], []),
        (["a", "b", "5"], []),
        (["5", "6", "7", "none", "none"], []),  # told as a word for no value
    ],
)
def test_what_stands_among_numbers_is_named(values, said):
    table = Table.of({"lab": values * 4})
    told = [
        each
        for each in survey_columns(table).findings
        if each.code is Code.LOOKS_MISSING and "holds numbers in" in each.evidence
    ]
    assert len(told) == bool(said)
    for words in said:
        assert words.replace("4 of 5", "16 of 20") in f"{told[0].evidence}; {told[0].remedy}"
    assert not survey_columns(table, categorical=["lab"]).findings
