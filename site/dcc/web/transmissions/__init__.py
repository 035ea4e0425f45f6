"""What pages say of transmissions: the policy in words, who receives a document, where each sending stands and what unblocks it.

Not here: any rule. What may go to whom, states, causes and the action that unblocks each are tables of ``dcc.exchange``.
"""
