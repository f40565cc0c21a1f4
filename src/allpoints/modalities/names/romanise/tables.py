"""How the tables of letters are written down."""


def letters(pairs: str) -> dict[str, str]:
    """Return the sound of each letter from pairs such as `ш:sh ь:`."""
    return dict(pair.split(":") for pair in pairs.split())


def in_order(sounds: str, first: int = 0) -> dict[int, str]:
    """Return sounds by their place, counted from `first`; `-` is an empty place or a silent letter."""
    return {place: sound.replace("-", "") for place, sound in enumerate(sounds.split(), first)}
