"""The plugin MSSanté: XDM envelopes, mails and their transport, reports of delivery, documents that come in.

The core decides what goes to whom (:mod:`dcc.exchange.transmissions`); this plugin carries it and tells what became of it.
"""
