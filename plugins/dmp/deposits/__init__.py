"""What is deposited, when, and who sees it: the tables, the transport of the channel « dmp », the reveal of an FRCP."""
