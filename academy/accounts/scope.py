"""Who may see whom: the one rule of the house, as filters on Person.

Every list, search, count, report, export and API of people passes through `people_filter`.
"""

import sqlalchemy as sa

from academy.accounts.models import Organisation, Person, Role

Filter = sa.ColumnElement[bool]

SEES_ALL = frozenset({Role.ADMINISTRATOR.value, Role.SECRETARIAT.value})


def sees_everybody(viewer: Person) -> bool:
    """Say whether no part of the Academy's people is hidden from the viewer."""
    return bool(viewer.roles & SEES_ALL)


def people_filter(viewer: Person) -> Filter:
    """Return the people whom the viewer may see by name.

    Administrators and the Secretariat: everybody. A coordinator: people whose state is confirmed and
    granted, or whose organisation is confirmed and lies in a granted subtree. Others: only themselves.
    """
    if sees_everybody(viewer):
        return sa.true()
    states, units = _granted(viewer)
    if not states and not units:
        return Person.id == viewer.id
    return sa.or_(
        sa.and_(Person.state_confirmed.is_not(None), Person.state_code.in_(states)),
        sa.and_(Person.organisation_confirmed.is_not(None), Person.organisation_id.in_(_below(units))),
    )


def claimants_filter(viewer: Person) -> Filter:
    """Return the people who say they belong to the viewer's scope and wait for a decision.

    Only people whose address is confirmed and whose account is open: nobody else can be known to be real.
    """
    if sees_everybody(viewer):
        return waiting_filter()
    real, open_state, open_unit = _real(), *_open()
    states, units = _granted(viewer)
    in_states = sa.select(Organisation.id).where(Organisation.state_code.in_(states))
    return sa.and_(
        real,
        sa.or_(
            sa.and_(open_state, Person.state_code.in_(states)),
            sa.and_(open_unit, Person.state_code.in_(states), Person.organisation_id.in_(in_states)),
            sa.and_(open_unit, Person.organisation_id.in_(_below(units))),
        ),
    )


def waiting_filter() -> Filter:
    """Return the people who wait for anybody's decision on where they serve."""
    return sa.and_(_real(), sa.or_(*_open()))


def states_of(viewer: Person) -> frozenset[str]:
    """Return the codes of the states granted to a coordinator."""
    return frozenset(_granted(viewer)[0])


def covers_organisation(viewer: Person, organisation: Organisation | None) -> bool:
    """Say whether an organisation lies in a subtree granted to the viewer."""
    if organisation is None:
        return False
    if sees_everybody(viewer):
        return True
    _states, units = _granted(viewer)
    return any(f"/{unit}/" in organisation.path for unit in units)


def _real() -> Filter:
    return sa.and_(Person.email_confirmed.is_not(None), Person.active)


def _open() -> tuple[Filter, Filter]:
    open_state = sa.and_(Person.state_code.is_not(None), Person.state_confirmed.is_(None))
    return open_state, sa.and_(Person.organisation_id.is_not(None), Person.organisation_confirmed.is_(None))


def _granted(viewer: Person) -> tuple[list[str], list[int]]:
    grants = [grant for grant in viewer.grants if grant.role == Role.COORDINATOR]
    states = [grant.state_code for grant in grants if grant.state_code]
    return states, [grant.organisation_id for grant in grants if grant.organisation_id]


def _below(units: list[int]) -> sa.Select[int]:
    top, inner = sa.orm.aliased(Organisation), sa.orm.aliased(Organisation)
    return (
        sa.select(inner.id)
        .join(top, inner.path.startswith(top.path))
        .where(top.id.in_(units), top.path != "")
    )
