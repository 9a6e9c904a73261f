"""The public first page, help and legal texts, and the outbox of demo mode."""
