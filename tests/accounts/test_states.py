from flask_babel import force_locale

from academy.accounts import queries
from academy.accounts.services import load_states
from academy.accounts.states import in_order, state_footnote, state_name
from tests.factories import accounts


def test_state_name_carries_the_asterisk_once(app):
    load_states()
    kosovo = queries.state_by_code("XK")

    assert [state_name(kosovo), state_name(kosovo, "ru")] == ["Kosovo*", "Косово*"]
    kosovo.name = {"en": "Kosovo"}
    assert state_name(kosovo) == "Kosovo*"
    assert state_name(None) == "–"


def test_state_footnote_stands_where_a_state_carries_it(app):
    load_states()
    kosovo, moldova = queries.state_by_code("XK"), queries.state_by_code("MD")

    assert state_footnote(kosovo).startswith("* This designation is without prejudice")
    assert state_footnote([moldova, None, kosovo]) == state_footnote(kosovo)
    assert state_footnote([moldova, None]) == state_footnote(moldova) == state_footnote(None) == ""


def test_in_order_is_alphabetical_in_the_readers_language(app):
    load_states()
    states = queries.states()

    english = [state_name(state) for state in in_order(states)]
    with force_locale("ru"):
        russian = [state_name(state) for state in in_order(states)]

    assert english[:3] == ["Albania", "Armenia", "Austria"]
    assert english.index("Türkiye") == english.index("Turkmenistan") - 1
    assert russian[:3] == ["Австрия", "Азербайджан", "Албания"]
    assert len(english) == len(russian) == 50


def test_in_order_puts_yo_after_ye(app):
    for code, name in (("AA", "Ёлка"), ("BB", "Ель"), ("CC", "Жук")):
        accounts.state(code, name={"ru": name})

    with force_locale("ru"):
        assert [state.code for state in in_order(queries.states()) if state.code in {"AA", "BB", "CC"}] == [
            "BB",
            "AA",
            "CC",
        ]
