"""What may be read from a replica only reads."""

from flask import Flask


def test_views_that_may_lag_are_only_asked_for(app: Flask) -> None:
    lagging = [rule for rule in app.url_map.iter_rules() if _may_lag(app, rule.endpoint)]

    assert {rule.endpoint for rule in lagging} >= {"courses.catalogue", "reports.completion", "home.index"}
    assert [rule for rule in lagging if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}] == []


def _may_lag(app: Flask, endpoint: str) -> bool:
    return getattr(app.view_functions[endpoint], "may_lag", False)
