"""The pages: server-rendered, Indonesian and English, complete without JavaScript. `mount` adds them to the app."""

from hub.web.routes import mount, routes

__all__ = ["mount", "routes"]
