"""Who may do what: roles, accounts, sessions and keys."""
