"""The name field: primary identifier, two fillers, secondary identifier (Doc 9303-3, section 4.6)."""


def read_name(field: str) -> tuple[str, str]:
    """Primary and secondary identifier, with their components separated by spaces."""
    primary, _, secondary = field.strip("<").partition("<<")
    if "<<" in secondary:
        return primary.replace("<", " "), " ".join(part for part in secondary.split("<") if part)
    return primary.replace("<", " "), secondary.replace("<", " ")


def truncated(field: str) -> bool:
    """A letter in the last position means that the name must be treated as truncated."""
    return field[-1] != "<"


def odd_name(field: str) -> str | None:
    """What no name written by the rules looks like, in words."""
    name = field.rstrip("<")
    if not name:
        return "the name is empty"
    if not name.replace("<", "").isalpha():
        return "a digit stands in the name; a 0 may be an O or a D"
    if name[0] == "<":
        return "the primary identifier is empty"
    if name.count("<<") > 1 or "<<<" in name:
        return "something follows the fillers that end the name"
    return None


def write_name(primary: str, secondary: str, width: int) -> str:
    """The name field from identifiers already transliterated, their components separated by fillers.

    A name that is too long is truncated to initials, the first of the methods that Doc 9303-4 to -7 offer
    (sections 4.2.3): components become initials from the last one on, first those of the primary identifier
    until one character of the secondary has room, and the field ends with a letter.
    """
    name = f"{primary}<<{secondary}" if secondary else primary
    if len(name) <= width:
        return name.ljust(width, "<")
    first = primary.split("<")
    if not secondary:
        return _fit(first, width).ljust(width, "<")
    second = secondary.split("<")
    room = width - len("<<")
    shortened = list(first)
    for i in range(len(shortened) - 1, 0, -1):
        if len("<".join(shortened)) < room:
            break
        shortened[i] = shortened[i][0]
    least = max(1, room - len("<".join(shortened)))
    for taken in range(least, room):
        secondary = _fit(second, taken)
        # What the secondary identifier leaves free goes back to the primary one.
        primary = _fit(first, room - len(secondary))
        if len(primary) + len(secondary) == room:
            break
    return f"{primary}<<{secondary}".ljust(width, "<")


def _fit(components: list[str], room: int) -> str:
    """Fills the room: as many components as have their initial in it, and the earlier ones the longer."""
    kept = components[: (room + 1) // 2]
    spare = room - (2 * len(kept) - 1)
    parts = []
    for component in kept:
        grown = min(len(component) - 1, spare)
        spare -= grown
        parts.append(component[: 1 + grown])
    return "<".join(parts)
