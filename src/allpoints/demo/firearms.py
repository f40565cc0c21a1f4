"""Firearms, some with serials that were filed off in part."""

from random import Random
from typing import NamedTuple

from allpoints.demo.draw import filled
from allpoints.records import RawIdentifier


class Model(NamedTuple):
    """A firearm as it is made, and the form of its serials."""

    make: str
    model: str
    calibre: str
    serials: str


MODELS = (
    Model("Glock", "17", "9x19mm", "@@@###"),
    Model("Glock", "19", "9x19mm", "@@@@###"),
    Model("Pietro Beretta", "92FS", "9 Parabellum", "@######Z"),
    Model("Zastava", "M70", "7.62x39mm", "######"),
    Model("Zastava", "M57", "7.62 Tokarev", "@-######"),
    Model("CZ", "75", "9x19mm", "@####"),
    Model("Smith & Wesson", "686", ".357 Magnum", "@@@####"),
    Model("Colt", "1911", ".45 ACP", "@@######"),
    Model("Walther", "PPK", "7.65 Browning", "######@"),
    Model("Remington", "870", "12 gauge", "@@######@"),
    Model("Izhmash", "AKM", "7.62x39mm", "@@####"),
    Model("Ekol", "Volga", "9mm", "EV########"),
)

_FILED = 0.08


def firearm(chance: Random, model: Model) -> RawIdentifier:
    """A firearm of this model; of one in twelve somebody tried to file the serial off."""
    serial = filled(chance, model.serials)
    if chance.random() < _FILED:
        first = chance.randrange(len(serial) - 2)
        serial = serial[:first] + "??" + serial[first + 2 :]
    return RawIdentifier("firearm", f"{model.make}:{model.model}:{model.calibre}:{serial}")
