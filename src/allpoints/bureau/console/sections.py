"""The sections of the console, as its navigation lists them."""

from msgspec import Struct

from allpoints.records import Role

DESK = (Role.OPERATOR, Role.EXAMINER, Role.ANALYST, Role.SUPERVISOR)
EVERYBODY = tuple(Role)


class Section(Struct, frozen=True):
    """One entry of the navigation; a page module has at most one. Only these roles may open the module's routes."""

    path: str
    title: tuple[str, str]
    """Marked by `P_("section", …)`."""
    roles: tuple[Role, ...] = EVERYBODY

    def covers(self, path: str) -> bool:
        """Whether a page stands in this section."""
        return path == self.path or (self.path != "/" and path.startswith(f"{self.path}/"))
