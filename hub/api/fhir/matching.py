"""Patient/$match by POST. https://www.hl7.org/fhir/R4/patient-operation-match.html"""

from starlette.requests import Request
from starlette.responses import Response

from hub import access
from hub.api.body import RESOURCE_LIMIT
from hub.api.errors import FHIR_JSON
from hub.api.fhir.parameters import given
from hub.api.rates import Rates
from hub.api.site import Site, bearer, json_object, require_scope, require_staff
from hub.errors import Category, HubError
from hub.model import Issue, Principal
from hub.validation import structure_issues

OPERATIONS = (("type", "Patient", "match", "http://hl7.org/fhir/OperationDefinition/Patient-match", "match"),)
"""(level, type, code, definition, handler); by POST only: an address is no place for a NIK or a name."""

PER_HOUR = 30
"""For a person; a client system, which asks for all the counters of its facility, twenty times as often."""
SYSTEMS = 20


class Matching:
    """The handler of $match, with its own buckets."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._rates = Rates(PER_HOUR * SYSTEMS / 60, site.hub.clock, holds=PER_HOUR * SYSTEMS)

    async def match(self, request: Request) -> Response:
        """POST /fhir/Patient/$match: Parameters, or the Patient itself with the others in the address."""
        bearer(request)
        asked = await given(request, ("resource", "onlyCertainMatches", "count"), RESOURCE_LIMIT)
        count = asked.number("count")
        is_certain_only = asked.flag("onlyCertainMatches")
        listed = asked.values.get("resource", [])
        if len(listed) != 1:
            raise HubError(Category.INCORRECT, Issue("HUB-4402", args={"names": "resource"}))
        patient = json_object(listed[0])

        def work(who: Principal) -> bytes:
            require_scope(who, "Patient", "search")
            require_staff(who)
            if issues := [each for each in structure_issues(patient, "Patient") if each.severity in ("error", "fatal")]:
                raise HubError(Category.UNPROCESSABLE, *issues)
            self.take(who)
            wanted = access.Described(patient, is_certain_only, access.SHOWN if count is None else count)
            return access.match(self.site.hub, who, wanted, self.site.fhir_base)

        return Response(await self.site.serve(request, work), media_type=FHIR_JSON)

    def take(self, who: Principal) -> None:
        """Count a match against the caller's bucket. BUSY when it is empty."""
        cost = SYSTEMS if who.person is not None else 1
        if seconds := self._rates.wait_s(who.facility or "", who.subject, cost=cost):
            raise HubError(Category.BUSY, Issue("HUB-4421", args={"seconds": str(seconds)}))
