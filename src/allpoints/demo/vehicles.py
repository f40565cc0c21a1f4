"""Vehicles: makers' codes are real, the serials behind them made up, check digits right."""

from random import Random
from typing import NamedTuple

from allpoints.demo.draw import filled
from allpoints.records import RawIdentifier


class Model(NamedTuple):
    """A vehicle as it is sold, and the first three characters of its VIN: who made it, where."""

    make: str
    model: str
    maker: str


MODELS = (
    Model("Volkswagen", "Golf", "WVW"),
    Model("BMW", "X5", "5UX"),
    Model("Mercedes-Benz", "E-Class", "WDD"),
    Model("Audi", "A6", "WAU"),
    Model("Renault", "Clio", "VF1"),
    Model("Peugeot", "308", "VF3"),
    Model("Fiat", "500", "ZFA"),
    Model("Toyota", "Land Cruiser", "JTM"),
    Model("Toyota", "Hilux", "AHT"),
    Model("Škoda", "Octavia", "TMB"),
    Model("Volvo", "XC60", "YV1"),
    Model("Ford", "F-150", "1FT"),
    Model("Honda", "Civic", "2HG"),
    Model("Hyundai", "Tucson", "KMH"),
    Model("Geely", "Coolray", "LB3"),
    Model("Land Rover", "Defender", "SAL"),
)
COLOURS = ("black", "white", "silver", "grey", "blue", "red", "green")

_PLATES = {
    "ALB": "@@ ### @@", "FRA": "@@-###-@@", "DEU": "B-@@ ####", "ITA": "@@ ###@@", "ESP": "#### BCD",
    "GBR": "@@## @@@", "NLD": "@@-###-D", "POL": "WA #####", "SWE": "@@@ ##@", "USA": "@@@ ####",
    "IND": "DL ##@@ ####", "BRA": "@@@#@##", "TUR": "34 @@ ###", "ZAF": "@@ ## @@ GP", "NGA": "@@@-###@@",
    "GRC": "ΥΗΖ-####", "BGR": "СВ #### АК", "UKR": "АА #### ВК", "RUS": "А###ВС 77", "GEO": "@@-###-@@",
    "ARM": "## @@ ###", "ISR": "###-##-###", "SAU": "أ ب ح ####", "JOR": "##-#####", "IRN": "##ب### ##",
    "THA": "#กข ####", "CHN": "京A·#####", "JPN": "品川 ### あ ##-##", "KOR": "##가 ####", "UTO": "UT-####-@@",
}  # fmt: skip
"""Each state's form, in its own script."""

_OTHER_PLATES = "@@@ ###@"

_CHECK_PLACE = 8
_VALUES = dict(
    zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "012345678912345678123457923456789"), strict=True)
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
"""49 CFR 565.15."""


def plate(chance: Random, state: str) -> RawIdentifier:
    """A plate of that state."""
    return RawIdentifier("plate", f"{state}:{filled(chance, _PLATES.get(state, _OTHER_PLATES))}")


def vehicle_number(chance: Random, model: Model) -> RawIdentifier:
    """A VIN of ISO 3779 with its check digit, which not all regions demand and none forbids."""
    drawn = f"{model.maker}{filled(chance, '@@#@@')}0{chance.choice('JKLMNPRS')}{filled(chance, '@######')}"
    right = sum(_VALUES[c] * weight for c, weight in zip(drawn, _WEIGHTS, strict=True)) % 11
    return RawIdentifier("vin", f"{drawn[:_CHECK_PLACE]}{'0123456789X'[right]}{drawn[_CHECK_PLACE + 1 :]}")


def engine_number(chance: Random) -> RawIdentifier:
    """A number as stamped on an engine."""
    return RawIdentifier("engine-number", filled(chance, "@#@@-#@######"))
