"""A facility's reporting in small: twelve weeks as a strip, and what its page says of it."""

from markupsafe import Markup

from hub.access.quality import Week, reporting, strip
from hub.model import Facility
from hub.parts import Hub
from hub.web.call import Call
from hub.web.language import Translate, translator
from hub.web.render import fragment


def heat_strip(hub: Hub, call: Call, facility: Facility) -> Markup:
    """The last twelve weeks as a list that is read as words; empty for a facility nobody expects reports of."""
    return strip_of(strip(hub, call.caller, facility.id), facility.name, translator(call.lang))


def strip_of(weeks: tuple[Week, ...], name: str, t: Translate) -> Markup:
    """Weeks as a list, oldest first."""
    if not weeks:
        return Markup("")
    cells = Markup("").join(
        Markup('<li class="{} {}"><abbr title="{}: {}{}">{}</abbr></li>').format(
            week.state,
            week.flag,
            t("dinas.week_of", day=week.start),
            t("reported." + week.state),
            f", {t('flag.' + week.flag)}" if week.flag else "",
            t("flag_short." + week.flag) if week.flag else t("reported_short." + week.state),
        )
        for week in weeks
    )
    return Markup('<ol class="weeks" aria-label="{}">{}</ol>').format(t("dinas.weeks_of", name=name), cells)


def block(hub: Hub, call: Call, facility: Facility) -> Markup:
    """The tab about reporting on a facility's page: standing, content, doubts, last contact; and where to read why."""
    line = next((each for each in reporting(hub, call.caller).lines if each.facility == facility.id), None)
    return fragment(call, "reporting_block.html", line=line, now_ms=hub.clock())
