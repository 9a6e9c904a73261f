from academy.accounts import pseudonyms
from academy.db import new_public_id
from tests.factories import accounts


def test_actor_is_an_account_that_names_nobody(app):
    person = accounts.person(email="elena@example.org", name_latin="Elena Russu")

    assert pseudonyms.actor(person) == {
        "objectType": "Agent",
        "account": {"homePage": "http://localhost:5000", "name": str(person.pseudonym.name)},
    }
    assert pseudonyms.name_of(person) != person.public_id


def test_people_are_found_by_pseudonym(app):
    one, two = accounts.person(), accounts.person()
    accounts.person()
    names = [pseudonyms.name_of(one), pseudonyms.name_of(two), new_public_id()]

    assert pseudonyms.people_by_pseudonym(names) == {names[0]: one, names[1]: two}
    assert pseudonyms.person_of(names[1]) is two
    assert pseudonyms.person_of(names[2]) is None
