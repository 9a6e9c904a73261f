"""Agents of the record store: found, looked at, made nameless or removed, and the receipts."""

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from academy.accounts import queries as people
from academy.accounts.personal_data import receipts
from academy.administration import agents as erasing
from academy.administration.agents import Wish
from academy.administration.forms import EraseAgentForm, FindAgentForm
from academy.administration.views.blueprint import blueprint
from academy.db import db
from academy.errors import Conflict, Invalid
from academy.security import access
from academy.xapi import strangers
from academy.xapi.forwarding import services as forwarding

Page = Response | str | tuple[str, int]
RECEIPTS_SHOWN = 20


@blueprint.route("/xapi/agents", methods=["GET", "POST"])
@access.roles("administrator")
def agents() -> Page:
    """Find an agent by an identifier; list the newest receipts."""
    form = FindAgentForm()
    if form.validate_on_submit():
        try:
            key = erasing.find(form.agent())
        except Invalid as fault:
            form.identifier.errors = [str(fault)]
        else:
            if key is not None:
                return redirect(url_for(".agent", key=key.hex()), 303)
            form.identifier.errors = [_("The record store knows no agent with this identifier.")]
    newest = receipts.newest_of_agents(RECEIPTS_SHOWN)
    page = render_template("administration/agents.html", form=form, receipts=newest, how_of=erasing.how_of)
    return page, 422 if form.errors else 200


@blueprint.get("/xapi/agents/<key>")
@access.roles("administrator")
def agent(key: str) -> Page:
    """Show how much the store holds of an agent, and offer what can be done."""
    found = erasing.by_key(key)
    return render_template(
        "administration/agent.html",
        key=key,
        agent=found,
        held=strangers.held(db.session.connection(), found),
        owner=erasing.owner(found.identifier),
    )


@blueprint.route("/xapi/agents/<key>/<any(pseudonymise, erase):how>", methods=["GET", "POST"])
@access.roles("administrator")
def erase_agent(key: str, how: str) -> Page:
    """Say what will happen to an agent, and have it done."""
    found, form = erasing.by_key(key), EraseAgentForm()
    if erasing.owner(found.identifier).kind != "stranger":
        raise erasing.NotAStranger
    if form.validate_on_submit():
        wish = Wish(how, str(form.reason.data).strip(), current_user._get_current_object())
        return redirect(url_for(".agent_receipt", number=erasing.ask(found, wish)), 303)
    page = render_template(
        "administration/agent-erase.html",
        key=key,
        how=how,
        agent=found,
        form=form,
        held=strangers.held(db.session.connection(), found),
        targets=forwarding.names(),
    )
    return page, 422 if form.errors else 200


@blueprint.get("/xapi/erasures/<number>")
@access.roles("administrator")
def agent_receipt(number: str) -> Page:
    """Show the receipt of an erasure, or how far it is."""
    receipt = receipts.of_number(number)
    if receipt is None:
        return render_template(
            "administration/agent-waiting.html", number=number, job=erasing.under_way(number)
        )
    if erasing.how_of(receipt) is None:
        raise Conflict(_("This receipt is of a person, not of an agent of the record store."))
    return render_template(
        "administration/agent-receipt.html",
        receipt=receipt,
        how=erasing.how_of(receipt),
        actor=people.person_by_public_id(receipt.actor) if receipt.actor else None,
        targets=forwarding.names(),
    )
