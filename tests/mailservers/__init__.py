"""Real mail servers for tests: Postfix and Dovecot of Debian on loopback, with TLS and client certificates, as operators have.

The fixture ``mail_servers`` (one set for each process of the run, started when a test first asks for it) or :func:`running`::

    def test_something(mail_servers, settings):
        ours = "dcc@region-a.mssante.fr"
        settings.DCC_PLUGIN_SETTINGS = {**settings.DCC_PLUGIN_SETTINGS, "mss": mail_servers.settings(ours)}
        ...
        (received,) = mail_servers.wait_for("rcp@region-b.mssante.fr")

Every box of :data:`DOMAINS` exists, but those whose name begins with ``inconnu`` (Postfix refuses them at RCPT: 550 5.1.1), and
``ferme@`` of each domain and those that :meth:`MailServers.close` closed (Postfix takes the message, Dovecot refuses it: a real
DSN of failure comes back). A DSN of success comes when asked for; its action is « relayed », Dovecot knowing nothing of DSN.
Postfix wants root: without it the tests that need servers are skipped, and say so (decision 0314).
"""

from tests.mailservers.servers import DOMAINS, MailServers, possible, running

__all__ = ["DOMAINS", "MailServers", "possible", "running"]
