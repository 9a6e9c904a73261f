"""Commands of accounts that have a file of their own; `academy.accounts.cli` names them."""
