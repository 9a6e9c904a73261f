"""People: registration, sign-in, roles and scope, participating states and organisations.

Rank: beside `xapi`, above the ground floor. Decisions: a state, an organisation and the status "official"
count only once confirmed; who may see whom is one query filter, `accounts.scope`.
"""
