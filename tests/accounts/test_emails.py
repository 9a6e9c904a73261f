import pytest

from academy.accounts import emails


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Elena.Russu@Border.Example.ORG ", "elena.russu@border.example.org"),
        ("learner@academy.example", "learner@academy.example"),
        ("o'neil+x@gov.ie", "o'neil+x@gov.ie"),
    ],
)
def test_normal_gives_one_written_form(typed, kept):
    assert emails.normal(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "elena",
        "elena@",
        "a@b",
        "a b@example.org",
        "a@example.org\nBcc: x@example.org",
        "x" * 300 + "@example.org",
    ],
)
def test_normal_refuses_what_is_no_address(typed):
    with pytest.raises(emails.BadEmail):
        emails.normal(typed)


def test_domain_is_what_follows_the_at():
    assert emails.domain("elena@border.example.org") == "border.example.org"


def test_free_mail_can_vouch_for_nobody():
    assert emails.anybody_may_have("mail.ru")
    assert not emails.anybody_may_have("border.example.org")
