"""addresses: the page that each address belongs to."""

from schemas.columns import text
from schemas.table import Table

ADDRESSES = Table(
    name="addresses",
    grain="address that captures or documents name",
    doc="The page that an address is of: `page_key(uri)`, kept because it takes long to work out for a whole archive.",
    columns=(
        text("uri", "The address.", "http://www.evening-post.example/2024/0301.html?from=timeline"),
        text(
            "page",
            "What its page is known by: the SURT of the address, without what makes no difference (http or https, www "
            "and the mobile host, the order of parameters and their tracking ones); of a copy in a web archive that of "
            "the original; an address of another scheme than http as it stands.",
            "example,evening-post)/2024/0301.html",
        ),
    ),
    key=("uri",),
)
