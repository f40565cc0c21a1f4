"""How fast machine-readable zones are parsed, and how well misread ones are detected and repaired.

`python -m bench.mrz [--json] [--data DIR]`; with `--data` the generated zones are left in DIR/zones.txt.
"""

import argparse
import json
import random
import statistics
import string
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from allpoints.errors import InvalidValue
from allpoints.formats.mrz import Document, MachineReadableZone, PartialDate, parse, write
from allpoints.formats.mrz.zone import Format, Sex

TODAY = date(2026, 11, 22)
SEED = 9303
ZONES = 5000
RUNS = 7
MISREAD = 10_000

FORMATS: dict[Format, tuple[str, int]] = {
    "TD1": ("I", 15),
    "TD2": ("I", 7),
    "TD3": ("P", 14),
    "MRV-A": ("V", 16),
    "MRV-B": ("V", 8),
}
STATES = (
    "ALB",
    "ARG",
    "AUS",
    "BRA",
    "CHN",
    "D",
    "EGY",
    "FRA",
    "GBR",
    "IND",
    "ITA",
    "JPN",
    "KEN",
    "MAR",
    "MEX",
    "XXA",
)
SYLLABLES = (
    "AN",
    "BE",
    "CHI",
    "DO",
    "EL",
    "FA",
    "GO",
    "HU",
    "IN",
    "JA",
    "KO",
    "LI",
    "MA",
    "NO",
    "PE",
    "RA",
    "SU",
    "VO",
)
SEXES: tuple[Sex, ...] = ("F", "M", "X")
CONFUSIONS = {
    "0": "OD", "1": "I", "2": "Z", "5": "S", "6": "G", "8": "B", "O": "0", "D": "0", "I": "1", "Z": "2",
    "S": "5", "G": "6", "B": "8",
}  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="print one JSON object")
    options.add_argument(
        "--data", type=Path, metavar="DIR", help="leave the generated zones in DIR/zones.txt"
    )
    chosen = options.parse_args()
    luck = random.Random(SEED)
    zones = [write(_document(luck)) for _ in range(ZONES)]
    if chosen.data:
        chosen.data.mkdir(parents=True, exist_ok=True)
        (chosen.data / "zones.txt").write_text("\n\n".join(zones) + "\n")

    ours = _rate(lambda text: parse(text, today=TODAY), zones)
    plain = _rate(plain_parse, zones)
    figures = {
        "zones": ZONES,
        "parses_per_s": round(ours),
        "plain_parses_per_s": round(plain),
        "one_confusion": _misread(zones, luck, lambda text: _confuse(text, luck, 1)),
        "two_confusions": _misread(zones, luck, lambda text: _confuse(text, luck, 2)),
        "document_number_one_confusion": _misread(
            zones, luck, lambda text: _confuse(text, luck, 1, numbers=True)
        ),
        "document_number_two_confusions": _misread(
            zones, luck, lambda text: _confuse(text, luck, 2, numbers=True)
        ),
        "forged_document_number": _misread(zones, luck, lambda text: _forge(text, luck)),
    }
    print(json.dumps(figures) if chosen.json else _table(figures))


def plain_parse(text: str) -> dict[str, object]:
    """What one writes in an afternoon: slices and check digits; no repairs, no long numbers, no states."""
    lines = text.split("\n")

    def digit(data: str) -> str:
        total = 0
        for i, character in enumerate(data):
            total += (0 if character == "<" else int(character, 36)) * (7, 3, 1)[i % 3]
        return str(total % 10)

    def day(yymmdd: str) -> tuple[str, ...]:
        return tuple(yymmdd[i : i + 2] for i in (0, 2, 4))

    if len(lines) == 3:
        upper, middle, name = lines
        number, birth, expiry, sex, nationality = (
            upper[5:15],
            middle[:7],
            middle[8:15],
            middle[7],
            middle[15:18],
        )
        composite = upper[5:] + middle[:7] + middle[8:15] + middle[18:30]
    else:
        upper, lower = lines
        name = upper[5:]
        number, birth, expiry, sex, nationality = (
            lower[:10],
            lower[13:20],
            lower[21:28],
            lower[20],
            lower[10:13],
        )
        composite = lower[:10] + lower[13:20] + lower[21:]
    guarded = [number, birth, expiry]
    if upper[0] != "V":
        guarded.append(composite)
    surname, _, given_names = name.strip("<").partition("<<")
    return {
        "document_code": upper[:2].rstrip("<"),
        "issuing_state": upper[2:5].rstrip("<"),
        "document_number": number[:9].rstrip("<"),
        "nationality": nationality.rstrip("<"),
        "surname": surname.replace("<", " "),
        "given_names": given_names.replace("<", " "),
        "birth": day(birth),
        "sex": sex,
        "expiry": day(expiry),
        "valid": all(digit(data[:-1]) == data[-1] for data in guarded),
    }


def _document(luck: random.Random) -> Document:
    name = luck.choice(list(FORMATS))
    code, room = FORMATS[name]
    state = luck.choice(STATES)
    longest = 12 if name == "TD1" and luck.random() < 0.1 else 9
    letters = luck.choice((0, 1, 2, longest))
    number = "".join(
        luck.choice(string.ascii_uppercase + string.digits if letters == longest else string.ascii_uppercase)
        if i < letters
        else luck.choice(string.digits)
        for i in range(longest)
    )
    optional = luck.choice(("", "".join(luck.choices(string.digits, k=luck.randint(4, room)))))
    born = TODAY - timedelta(days=luck.randint(0, 33_000))
    birth = PartialDate.of(born) if luck.random() > 0.02 else PartialDate(born.year)
    return Document(
        format=name,
        document_code=code,
        issuing_state=state,
        document_number=number,
        nationality=state if luck.random() > 0.05 else luck.choice(STATES),
        surname=_name(luck, luck.choice((1, 1, 1, 2))),
        given_names=_name(luck, luck.choice((0, 1, 1, 2, 3))),
        birth=birth,
        sex=luck.choice(SEXES),
        expiry=PartialDate.of(TODAY + timedelta(days=luck.randint(-1500, 3650))),
        optional_data=optional if longest == 9 else "",
    )


def _name(luck: random.Random, words: int) -> str:
    return " ".join("".join(luck.choices(SYLLABLES, k=luck.randint(2, 5))) for _ in range(words))


def _rate(parser: Callable[[str], object], zones: list[str]) -> float:
    """Zones parsed in a second of processor time, on one core: the median of the runs."""
    rates = []
    for _ in range(RUNS):
        start = time.process_time()
        for text in zones:
            parser(text)
        rates.append(len(zones) / (time.process_time() - start))
    return statistics.median(rates)


def _misread(zones: list[str], luck: random.Random, spoil: Callable[[str], str | None]) -> dict[str, float]:
    """Shares of spoilt zones: noticed, wholly repaired, wrongly repaired, and valid yet not what was printed.

    The last are those that no check digit can notice: G for 6, two confusions that cancel, optional data of
    visas, state codes and names that remain possible.
    """
    count = detected = right = wrong = different = 0
    while count < MISREAD:
        printed = luck.choice(zones)
        spoilt = spoil(printed)
        if spoilt is None:
            continue
        count += 1
        try:
            zone = parse(spoilt, today=TODAY)
        except InvalidValue:
            detected += 1
            continue
        detected += bool(zone.repairs or zone.warnings or not zone.valid)
        right += bool(zone.repairs) and zone.text == printed
        wrong += _wrongly_repaired(zone, printed)
        different += zone.valid and not zone.warnings and zone.text != printed
    return {
        "detected": detected / count,
        "repaired_right": right / count,
        "repaired_wrong": wrong / count,
        "valid_yet_different": different / count,
    }


def _wrongly_repaired(zone: MachineReadableZone, printed: str) -> bool:
    lines = printed.split("\n")
    return any(repair.now != lines[repair.line - 1][repair.position - 1] for repair in zone.repairs)


def _confuse(text: str, luck: random.Random, times: int, *, numbers: bool = False) -> str | None:
    places = range(*_number_span(text)) if numbers else range(len(text))
    confusable = [i for i in places if text[i] in CONFUSIONS]
    if len(confusable) < times:
        return None
    characters = list(text)
    for i in luck.sample(confusable, times):
        characters[i] = luck.choice(CONFUSIONS[characters[i]])
    return "".join(characters)


def _forge(text: str, luck: random.Random) -> str | None:
    """One digit of the document number replaced by another, the check digits left alone."""
    digits = [i for i in range(*_number_span(text)) if text[i].isdigit()]
    if not digits:
        return None
    i = luck.choice(digits)
    return text[:i] + luck.choice(string.digits.replace(text[i], "")) + text[i + 1 :]


def _number_span(text: str) -> tuple[int, int]:
    if text.count("\n") == 2:
        return 5, 14
    lower = text.index("\n") + 1
    return lower, lower + 9


def _table(figures: dict[str, object]) -> str:
    lines = []
    for name, value in figures.items():
        if isinstance(value, dict):
            shares = ", ".join(f"{key.replace('_', ' ')} {share:.2%}" for key, share in value.items())
            lines.append(f"{name.replace('_', ' '):32} {shares}")
        else:
            lines.append(f"{name:32} {value:,}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
