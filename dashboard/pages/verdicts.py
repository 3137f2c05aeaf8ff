"""The steps of a verdict as sentences, for the pages that say why a code or a zone is as it is."""

from __future__ import annotations

import re

from dashboard.pages.page import Look
from dashboard.queries.cite import Given
from dashboard.said import Said, fill, join, words
from data.rules.verdict import SAYS, Step

#: The numbers of a step's sentence -> the way to each.
_NUMBERS = {"n": "n", "days": "by.days", "fresh": "by.fresh"}

_OWN_DAY = re.compile(r"^\{day\}\s*[:：]?\s*")


def sentence(look: Look, told: Given[Step]) -> Said:
    """One step as :meth:`Step.say` says it, without the day with which it begins: that stands beside it."""
    step, lang = told.what, look.lang
    template = _OWN_DAY.sub("", SAYS[step.what][0 if lang == "zh" else 1])
    fields = step.values(lang)
    if step.evidence:
        fields["evidence"] = join("", [words("依据：" if lang == "zh" else "Evidence: "), step.evidence])
    else:
        template = template.replace(" {evidence}", "").replace("{evidence}", "")
    wanted = (name for name in _NUMBERS if f"{{{name}}}" in template and (name == "n" or step.by))
    fields |= {name: look.whole(told[_NUMBERS[name]]) for name in wanted}
    return fill(template, **fields)
