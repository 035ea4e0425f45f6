"""One INS datamatrix out of a picture, a PDF or the text of a scanner; anything else is refused in French, never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dcc.contracts.datamatrix import DatamatrixError, InsDatamatrix, decode_payload
from dcc.contracts.errors import Refused
from dcc.patients import api as patients
from plugins.ins.datamatrix.decoding import Code, Sight, see
from plugins.ins.datamatrix.wedge import put_back

MARK = b"IS"
"""How the content of every INS datamatrix begins."""


class NothingSeen(Refused):
    """The picture opens, and shows no INS datamatrix."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: the identity, the text it comes from, who read it (``clavier``: a scanner), what to know of it."""

    datamatrix: InsDatamatrix
    payload: str
    by: str
    page: int = 0
    remarks: Sequence[str] = ()


def read_text(text: str) -> Read:
    """The identity in what a scanner typed; raises :class:`Refused`."""
    try:
        typed = put_back(text)
        return Read(decode_payload(typed.text), typed.text, "clavier", remarks=(typed.remark,) if typed.remark else ())
    except DatamatrixError as error:
        raise Refused(f"{error}.") from None


def read_image(content: bytes, *, quick: bool = False) -> Read:
    """The identity in a picture; raises :class:`Refused`, :class:`NothingSeen`."""
    return _the_one(see(content, kind="image", quick=quick))


def read_pdf(content: bytes) -> Read:
    """The identity on the pages of a PDF; raises :class:`Refused`, :class:`NothingSeen`."""
    return _the_one(see(content, kind="pdf"))


def read_file(content: bytes) -> Read:
    """The same for a file whose kind is told by its bytes."""
    return _the_one(see(content))


def check(datamatrix: InsDatamatrix) -> None:
    """Control the matricule's key and its authority; raises :class:`Refused` in French."""
    try:
        patients.check_authority(datamatrix.ins.root, test_allowed=settings.DCC_TEST_IDENTITIES)
        patients.check_matricule(datamatrix.ins.extension or "")
    except ValueError as error:
        raise Refused(_("Le datamatrix est lu, mais son contenu n'est pas valable : %(why)s.") % {"why": error}) from None


def _the_one(sight: Sight) -> Read:
    """The one identity among the codes seen; the same one printed twice is one."""
    ours = [code for code in sight.codes if code.content.startswith(MARK)]
    if not ours:
        raise NothingSeen(_nothing(sight))
    read = [_decoded(code) for code in ours]
    different = {one.datamatrix: one for one in read}
    if len(different) > 1:
        names = ", ".join(_("%(who)s (page %(n)d)") % {"who": who(d), "n": one.page} for d, one in different.items())
        raise Refused(_("Plusieurs identités sont à scanner ici : %(names)s. Photographier un seul code.") % {"names": names})
    others = len({code.content for code in sight.codes} - {code.content for code in ours})
    return replace(read[0], remarks=_remarks(sight, others))


def _decoded(code: Code) -> Read:
    try:
        payload = code.content.decode("ascii")
        return Read(decode_payload(payload), payload, code.by, code.page)
    except UnicodeDecodeError:
        raise Refused(_("Le datamatrix INS contient un caractère qui n'y a pas sa place.")) from None
    except DatamatrixError as error:
        raise Refused(f"{error}.") from None


def who(datamatrix: InsDatamatrix) -> str:
    """« MARTIN Jeanne » as the code has it: in capitals."""
    return f"{datamatrix.birth_name} {datamatrix.given_names}"


def _nothing(sight: Sight) -> str:
    if sight.codes:
        count = len({code.content for code in sight.codes})
        return ngettext(
            "Un code est lu, mais ce n'est pas un datamatrix INS.", "%(n)d codes sont lus, aucun n'est un datamatrix INS.", count
        ) % {"n": count}
    if sight.stopped:
        return _("Aucun datamatrix INS trouvé avant la fin du temps accordé : photographier le code seul, net et bien éclairé.")
    return _("Aucun datamatrix INS trouvé : photographier le code seul, net, à plat et bien éclairé.")


def _remarks(sight: Sight, others: int) -> Sequence[str]:
    said = []
    if sight.pages > sight.read:
        said.append(_("seules les %(read)d premières pages sur %(all)d sont lues") % {"read": sight.read, "all": sight.pages})
    if others:
        said.append(
            ngettext("un autre code est laissé de côté", "%(n)d autres codes sont laissés de côté", others) % {"n": others}
        )
    return tuple(said)
