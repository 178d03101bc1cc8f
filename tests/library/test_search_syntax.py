"""The query language: what can be written, and what is said about what cannot."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation import vocabulary
from library import tagging
from library.search import fields
from library.search.fields import Fact, Favourite, InCollection, LongSide, Number, Saved, Tagged
from library.search.syntax import QueryError, Term, Text, parse, written


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("", []),
        ("  \t ", []),
        ("boat sea", [Term(Text("boat")), Term(Text("sea"))]),
        ('"red boat"', [Term(Text("red boat", whole=True))]),
        ("-night", [Term(Text("night"), negated=True)]),
        ('-"red boat"', [Term(Text("red boat", whole=True), negated=True)]),
        ('low-key 16:9 27"', [Term(Text("low-key")), Term(Text("16:9")), Term(Text('27"'))]),
        ("100% _ *", [Term(Text("100%")), Term(Text("_")), Term(Text("*"))]),
        ("TYPE:Video", [Term(Fact("type", "video"))]),
        ("-tag:draft", [Term(Tagged("draft"), negated=True)]),
        ('tag:"two words"', [Term(Tagged("two words"))]),
        ('tag:"the ""big"" sea"', [Term(Tagged('the "big" sea'))]),
        ('tag:""""', [Term(Tagged('"'))]),
        ('"27"" screen"', [Term(Text('27" screen', whole=True))]),
        ('in:"Best of 2026"', [Term(InCollection("Best of 2026"))]),
        ("steps:>30", [Term(Number("steps", ">", 30))]),
        ("rating:>=3 rating:<5", [Term(Number("rating", ">=", 3)), Term(Number("rating", "<", 5))]),
        ("seed:42", [Term(Number("seed", "=", 42))]),
        ("size:1024x576", [Term(fields.Size(1024, 576))]),
        ("size:<=1000", [Term(LongSide("<=", 1000))]),
        ("ratio:16:9 angle:low", [Term(Fact("ratio", "16:9")), Term(Fact("angle", "low"))]),
        ("fav:no", [Term(Favourite(value=False))]),
        ("before:2026", [Term(Saved(date(2026, 1, 1), before=True))]),
        ("after:2026-10", [Term(Saved(date(2026, 10, 1), before=False))]),
        ("after:2026-10-31", [Term(Saved(date(2026, 10, 31), before=False))]),
    ],
)
def test_what_can_be_written(query, terms):
    assert parse(query) == terms


@pytest.mark.parametrize(
    ("query", "column", "says"),
    [
        ('boat "red sail', 6, "close this quote"),
        ('tag:"sea', 5, "close this quote"),
        ('boat ""', 6, "between the quotes"),
        ('boat """', 6, "close this quote"),
        ('boat ""x', 6, "between the quotes"),
        ('tag:"the ""big sea', 5, "close this quote"),
        ("boat colour:red", 6, 'no field "colour"'),
        ("http://example.com", 1, 'quotes: "http:…"'),
        ("boat -", 6, "-night"),
        ("a tag:", 7, "tag:sea"),
        ("tag: sea", 5, "tag:sea"),
        ("type:film", 6, "image or video"),
        ("ratio:5:4", 7, "16:9"),
        ("steps:many", 7, "whole number"),
        ("steps:>", 7, "whole number"),
        ("steps:-3", 7, "whole number"),
        ("seed:٣", 6, "whole number"),
        ("seed:99999999999999999999999", 6, "up to"),
        ("rating:6", 8, "up to 5"),
        ("size:big", 6, "1024x576"),
        ("fav:maybe", 5, "yes or no"),
        ("after:2026-02-30", 7, "no calendar"),
        ("after:soon", 7, "2026-10-31"),
        ("before:0000", 8, "2026-10-31"),
        ("before:9999", 8, "2026-10-31"),
        ("model:--", 7, "takes a word"),
        ("boat\0", 5, "NUL"),
        ("x" * 10_000, 1001, "at most 1000 characters"),
        ("x " * 60, 101, "at most 50 terms"),
    ],
)
def test_an_error_names_the_column_and_the_remedy(query, column, says):
    with pytest.raises(QueryError, match=f"^Column {column}: ") as raised:
        parse(query)

    assert raised.value.column == column
    assert says in raised.value.message


@given(st.text(max_size=60) | st.text('a"-: >=<tagsize:\0', max_size=40))
def test_any_text_is_a_query_or_an_error_at_a_column_of_it(query):
    try:
        parse(query)
    except QueryError as error:
        assert 1 <= error.column <= len(query) + 1  # noqa: PT017 - what it did not raise is fine


@given(st.text('a" -:\\é', max_size=20) | st.text(max_size=20))
def test_every_name_can_be_written(text):
    [name] = tagging.parse([text]) or ["sea"]

    assert parse(f"-tag:{written(name)} boat") == [
        Term(Tagged(name), negated=True),
        Term(Text("boat")),
    ]


def test_every_example_is_read():
    assert all(len(parse(field.example)) == 1 for field in fields.FIELDS.values())
    for field in fields.FIELDS.values():
        assert all(parse(f"{field.name}:{choice}") for choice in field.choices)


@pytest.mark.parametrize(
    ("offered", "known"),
    [
        (fields.MODELS, vocabulary.Model),
        (fields.SHOTS, vocabulary.ShotType),
        (fields.ANGLES, vocabulary.CameraAngle),
        (fields.STYLES, vocabulary.Style),
        (fields.QUALITIES, vocabulary.Quality),
        (fields.LANES, vocabulary.Lane),
    ],
)
def test_the_words_offered_are_those_of_the_prompt_bar(offered, known):
    assert offered == dict(known.choices)
