"""What Postfix and Dovecot are told: all in a folder of their own, nothing of the machine's. See stack.md §7."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from plugins.sandbox.authority import Certificates

MAIL_USER = "mail"
"""Whom the boxes belong to (Debian's)."""


QUEUES = {
    **dict.fromkeys(
        ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace"),
        ("postfix", "root", 0o700),
    ),
    "maildrop": ("postfix", "postdrop", 0o730),
    "public": ("postfix", "postdrop", 0o710),
    "pid": ("root", "root", 0o755),
}
"""What « postfix check » would make in two seconds: folder of the queue -> owner, group, mode."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where one set of servers is: its folder, its certificates, its ports on 127.0.0.1."""

    folder: Path
    certificates: Certificates
    domains: tuple[str, ...]
    smtp: int
    plain: int
    imap: int
    lmtp: int
    largest: int

    @property
    def boxes(self) -> Path:
        return self.folder / "boxes"

    @property
    def closed(self) -> Path:
        """The boxes that Dovecot does not know any more, one a line."""
        return self.folder / "closed"

    @property
    def log(self) -> Path:
        """What Postfix says."""
        return self.folder / "mail.log"

    @property
    def postfix(self) -> Path:
        return self.folder / "postfix"

    @property
    def dovecot(self) -> Path:
        return self.folder / "dovecot.conf"


def write(places: Places) -> None:
    """Write every file of both servers."""
    for name in ("postfix", "queue", "data", "boxes", "run", "state"):
        (places.folder / name).mkdir(exist_ok=True)
    for name, (owner, group, mode) in QUEUES.items():
        path = places.folder / "queue" / name
        path.mkdir(exist_ok=True)
        shutil.chown(path, owner, group)
        path.chmod(mode)
    shutil.chown(places.boxes, MAIL_USER, MAIL_USER)
    shutil.chown(places.folder / "data", "postfix")
    close_some(places)
    (places.postfix / "main.cf").write_text(_main(places), encoding="utf-8")
    (places.postfix / "master.cf").write_text(_master(places), encoding="utf-8")
    (places.postfix / "boxes").write_text("!/^inconnu/ OK\n", encoding="utf-8")
    places.dovecot.write_text(_dovecot(places), encoding="utf-8")


def close_some(places: Places) -> None:
    """Close ``ferme@`` of each domain, and no other box."""
    places.closed.write_text("".join(f"ferme@{domain}:{{PLAIN}}x\n" for domain in places.domains), encoding="utf-8")


def _main(places: Places) -> str:
    held = places.certificates
    return f"""
compatibility_level = 3.6
queue_directory = {places.folder}/queue
data_directory = {places.folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {places.log}
maillog_file_prefixes = {places.folder}
myhostname = localhost
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
relay_domains =
default_transport = error:5.4.4 hors de l'espace de confiance
relay_transport = error:5.4.4 hors de l'espace de confiance
virtual_mailbox_domains = {" ".join(places.domains)}
virtual_mailbox_maps = regexp:{places.postfix}/boxes
virtual_transport = lmtp:inet:127.0.0.1:{places.lmtp}
message_size_limit = {places.largest}
smtpd_tls_cert_file = {held.certificate("server")}
smtpd_tls_key_file = {held.key("server")}
smtpd_tls_CAfile = {held.authority}
smtpd_tls_security_level = encrypt
smtpd_tls_req_ccert = yes
smtpd_tls_mandatory_protocols = >=TLSv1.2
smtpd_tls_loglevel = 1
smtpd_tls_session_cache_database =
smtpd_relay_restrictions = permit_tls_all_clientcerts, reject
smtpd_recipient_restrictions = reject_unauth_destination, reject_unlisted_recipient
smtpd_delay_reject = yes
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 1000
smtpd_soft_error_limit = 1000
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtputf8_enable = yes
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
in_flow_delay = 0
lmtp_destination_concurrency_failed_cohort_limit = 0
lmtp_destination_recipient_limit = 1
notify_classes =
"""


def _master(places: Places) -> str:
    plain = "-o smtpd_tls_security_level=none -o smtpd_relay_restrictions=permit_mynetworks,reject"
    return f"""
127.0.0.1:{places.smtp} inet n - n - 100 smtpd
127.0.0.1:{places.plain} inet n - n - 100 smtpd {plain}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - 20 lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


def _dovecot(places: Places) -> str:
    held = places.certificates
    return f"""
protocols = imap lmtp
listen = 127.0.0.1
base_dir = {places.folder}/run
state_dir = {places.folder}/state
log_path = {places.folder}/dovecot.log
auth_verbose = yes
ssl = required
ssl_cert = <{held.certificate("server")}
ssl_key = <{held.key("server")}
ssl_ca = <{held.authority}
ssl_require_crl = no
ssl_verify_client_cert = yes
ssl_min_protocol = TLSv1.2
auth_ssl_require_client_cert = yes
auth_ssl_username_from_cert = yes
auth_mechanisms = external plain
mail_location = maildir:~/Maildir
first_valid_uid = 1
mail_max_userip_connections = 100
passdb {{
  driver = passwd-file
  args = username_format=%u {places.closed}
  deny = yes
}}
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid={MAIL_USER} gid={MAIL_USER} home={places.boxes}/%Ld/%Ln
}}
service imap-login {{
  inet_listener imap {{
    port = {places.imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
  service_count = 0
  process_min_avail = 1
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {places.lmtp}
  }}
  process_min_avail = 1
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
namespace inbox {{
  inbox = yes
  mailbox Trash {{
    special_use = \\Trash
    auto = create
  }}
}}
"""
