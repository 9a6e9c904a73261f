"""What can be done with people and their places, one file a use case."""

from academy.accounts.services.people import (
    EmailTaken,
    Profile,
    change_service,
    claim_of,
    confirm_claim,
    create_person,
    decline_claim,
    forget_links,
    invite,
    send_reset,
    set_password,
    update_profile,
)
from academy.accounts.services.places import (
    DomainTaken,
    LoopInTree,
    StateFacts,
    load_states,
    save_organisation,
    save_state,
)
from academy.accounts.services.registration import Application, confirm, register, resend_confirmation
from academy.accounts.services.roles import LastAdministrator, ScopeMissing, grant, revoke
from academy.accounts.services.undoing import TooLateToUndo, decision, undo_decision

__all__ = [
    "Application",
    "DomainTaken",
    "EmailTaken",
    "LastAdministrator",
    "LoopInTree",
    "Profile",
    "ScopeMissing",
    "StateFacts",
    "TooLateToUndo",
    "change_service",
    "claim_of",
    "confirm",
    "confirm_claim",
    "create_person",
    "decision",
    "decline_claim",
    "forget_links",
    "grant",
    "invite",
    "load_states",
    "register",
    "resend_confirmation",
    "revoke",
    "save_organisation",
    "save_state",
    "send_reset",
    "set_password",
    "undo_decision",
    "update_profile",
]
