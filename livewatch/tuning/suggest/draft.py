"""Suggestions as a phrase list to work on: everything in it is switched off."""

from __future__ import annotations

import re
from collections.abc import Collection

from livewatch.phrases.own import with_phrase
from livewatch.phrases.phrase import categories
from livewatch.tuning.suggest.run import Suggestions

_HEADER = """\
# Drafts of `livewatch tune suggest`, after your own phrases where there are any. Every draft is switched off.
# For each: give it a category ({categories}),
# say in `why` what people on the call should read, set the points, and switch it on with enabled = true, or delete it.
# Then see what it does: livewatch tune diff current THIS-FILE MANIFEST
"""


def draft(found: Suggestions, own: str) -> str:
    """Return the list `own` as it is, with a phrase for each wording of `found`, switched off.

    Exceptions are drafted as comments: a phrase of the shipped lists that is named here with `enabled = false` would be
    switched off itself.
    """
    names = ", ".join(name for name in categories() if name != "gist")
    text = own
    if text and not text.endswith("\n"):
        text += "\n"
    text += ("\n" if text else "") + _HEADER.format(categories=names)
    used = {*found.taken}
    for one in found.wordings:
        name = _name(one.text, used)
        used.add(name)
        calls = f"{len(one.missed)} missed and {one.campaigns} of all scam campaigns"
        text = with_phrase(
            text,
            {
                "id": name,
                "enabled": False,
                "category": "other",
                "say": [one.text],
                "why": f'Scam callers say "{one.text}".',
                "points": int(one.points),
                "source": f"tune suggest: {calls}, {one.ordinary.count} hits in {found.hours:.1f} ordinary hours",
            },
        )
    lines = []
    for alarming in found.alarming:
        for excuse in alarming.unless:
            ordinary = f"{excuse.ordinary} of {alarming.ordinary.count} ordinary hits"
            cancelled = f"{ordinary}, {excuse.scam} of {alarming.scam_hits} others"
            lines.append(f'# unless for {alarming.phrase}: "{excuse.words}" cancels {cancelled}')
    if lines:
        text += "\n# Exceptions (copy the phrase's own `unless` from: livewatch phrases show ID, and add to it):\n"
        text += "".join(f"{line}\n" for line in lines)
    return text


def _name(wording: str, used: Collection[str]) -> str:
    base = "draft." + ("-".join(re.findall(r"[a-z0-9]+", wording.lower())[:6]) or "phrase")
    return next(name for name in (base, *(f"{base}-{number}" for number in range(2, 10_000))) if name not in used)
