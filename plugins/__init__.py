"""Plugins: each folder is a vertical slice behind the contract of ``dcc.contracts``; they do not know one another."""
