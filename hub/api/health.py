"""GET /healthz: 200 when the store answers; while the search index is being built also how far it is."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.api.site import Site


def health_routes(site: Site) -> APIRouter:
    """The route a load balancer asks."""
    router = APIRouter()

    @router.get("/healthz", summary="200 when ready", response_class=JSONResponse)
    async def healthz(request: Request) -> Response:
        def ask() -> None:
            with site.hub.store.reading() as tx:
                tx.facilities()

        request.state.route = "/healthz"
        await site.run(ask)
        state = site.hub.indexes
        building = {"index_percent": state.percent} if state.lacking else {}
        return JSONResponse({"status": "ok", **building})

    return router
