import pytest

from academy.courses import kinds
from academy.errors import NotFound


def test_kind_of_a_registered_name_is_that_kind():
    assert kinds.kind_of("scorm-1.2") is kinds.SCORM_12
    assert kinds.SCORM_12.launch == "courses.launch"


def test_kind_of_an_unknown_name_is_not_found():
    with pytest.raises(NotFound):
        kinds.kind_of("pigeon-post")


def test_every_kind_opens_by_endpoints_that_exist(app):
    for kind in kinds.all_kinds():
        assert {kind.launch, kind.preview} <= app.view_functions.keys() | {None}
