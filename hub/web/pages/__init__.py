"""The pages, one file per area; each page is a function (hub, call) -> response."""
