"""/ and /masuk: before signing in."""

from hub.web.areas import PUBLIC, Table
from hub.web.pages import bulletin, directory, home, sign_in
from hub.web.render import HOME

TABLE: Table = (
    ("GET", "/", home.home, PUBLIC),
    ("GET", "/direktori", directory.show, PUBLIC),
    ("GET", "/buletin", bulletin.listed, PUBLIC),
    ("GET", "/buletin/{month}.pdf", bulletin.printed, PUBLIC),
    ("GET", "/masuk/{secret}", sign_in.ask, PUBLIC),
    ("POST", "/masuk/{secret}", sign_in.redeem_link, PUBLIC),
    ("GET", "/keluar", sign_in.left, PUBLIC),
    ("POST", "/keluar", sign_in.leave, tuple(HOME)),
)
