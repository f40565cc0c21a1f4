"""Names as a modality."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
import structlog

from allpoints.errors import AllpointsError, MalformedInput, TooLarge
from allpoints.modalities.base import UNKNOWN_POPULATION, Comparison, Explanation, Population
from allpoints.modalities.names.comparing import compare, explain
from allpoints.modalities.names.people import PersonTemplate, checked, person, prepared
from allpoints.modalities.names.retrieval.entries import packed_births
from allpoints.modalities.names.retrieval.index import NameIndex
from allpoints.records.people import Person

MAX_TEMPLATE = 131_072
"""Bytes of a stored template: 32 names of 200 characters in four parts fit."""
_FORMAT = b"\x01"
_log = structlog.get_logger("allpoints.names")


class Names:
    """People by name, birth and origin. `modalities.base.Modality` tells the doors."""

    name = "names"

    def encode(self, evidence: Person) -> PersonTemplate:
        """Take the person's names apart and read the date of birth. Raises `InvalidValue`, naming the field."""
        return prepared(checked(evidence))

    def dump(self, template: PersonTemplate) -> bytes:
        """Write a template for storage: a version byte and the description as MessagePack."""
        return _FORMAT + msgspec.msgpack.encode(template.person)

    def load(self, data: bytes) -> PersonTemplate:
        """Read what `dump` wrote. Raises `MalformedInput`, `TooLarge`."""
        return self.encode(_person(data))

    def compare(
        self,
        probe: PersonTemplate,
        reference: PersonTemplate,
        population: Population = UNKNOWN_POPULATION,
    ) -> Comparison:
        """Compare 1:1; see `comparing.compare`."""
        return compare(probe, reference, population)

    def explain(
        self,
        probe: PersonTemplate,
        reference: PersonTemplate,
        population: Population = UNKNOWN_POPULATION,
    ) -> Explanation:
        """Say part by part how `compare` came to its result."""
        return explain(probe, reference, population)

    def examples(self) -> tuple[Person, ...]:
        """Return made-up people in many scripts."""
        return EXAMPLES

    def open_index(self, folder: Path, secret: bytes) -> NameIndex:
        """Open the index in `folder`, an empty one where there is none."""
        return NameIndex(folder)

    def build_index(
        self,
        folder: Path,
        secret: bytes,
        records: Iterable[tuple[int, Sequence[bytes]]],
        cursor: str,
    ) -> NameIndex:
        """Make the index anew from record ids with their templates as `dump` wrote them.

        A template that cannot be read is left out and counted in the log, so that one of many does not stop
        them all.
        """
        return NameIndex.build(folder, _readable(records), cursor)


def _readable(
    records: Iterable[tuple[int, Sequence[bytes]]],
) -> Iterator[tuple[list[int], list[Person]]]:
    unreadable = 0
    for number, bodies in records:
        people = []
        for body in bodies:
            try:
                described = _person(body)
                packed_births(described.birth)
            except AllpointsError:
                unreadable += 1
            else:
                people.append(described)
        yield [number] * len(people), people
    if unreadable:
        _log.error("templates.unreadable", modality=Names.name, count=unreadable)


def _person(data: bytes) -> Person:
    if len(data) > MAX_TEMPLATE:
        raise TooLarge(f"a template has at most {MAX_TEMPLATE} bytes", field="template")
    if data[:1] != _FORMAT:
        raise MalformedInput("not a person's template", field="template")
    try:
        return msgspec.msgpack.decode(data[1:], type=Person)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise MalformedInput("not a person's template", field="template") from error


EXAMPLES = (
    person("Anneliese Brombacher", born="1961-04-30", sex="F", nationalities=("DEU",), birthplace="Bremen"),
    person("Мұхаммед Тілегенов", born="1970-03-12", sex="M", nationalities=("KAZ",)),
    person("عبد الرحمن الكرداسي", "Abdulrahman al-Kirdasi", born="1984", nationalities=("EGY",)),
    person("欧阳晓梅", "Ouyang Xiaomei", born="1990-11-02", sex="F", nationalities=("CHN",)),
    person("남궁현석", born="1978-08-15", sex="M", nationalities=("KOR",)),
    person("山野辺 千鶴", born="1955-01", sex="F", nationalities=("JPN",)),
    person("Θεόφιλος Καραβιδόπουλος", born="1948-12-09", nationalities=("GRC",)),
    person("ნანული ხარაიშვილი", born="1967~", sex="F", nationalities=("GEO",)),
    person("Վազգեն Տեր-Մինասյան", born="1973-06-21", nationalities=("ARM",)),
    person("אלחנן בן-צור", born="1982-02-28", sex="M", nationalities=("ISR",)),
    person("सुलोचना वर्तकर", born="1959-09-19", sex="F", nationalities=("IND",)),
    person("ธีรวัฒน์ เจริญพงษ์ศิริ", born="1988-05-05", nationalities=("THA",)),
    person("Nguyễn Thị Bạch Hường", born="1993-10-10", sex="F", nationalities=("VNM",)),
    person("አበበ ወልደጊዮርጊስ", born="1969", sex="M", nationalities=("ETH",)),
    person("DE LA FUENTE<<XIMENA<GUADALUPE", born="1999-07-07", sex="F", nationalities=("MEX",)),
)
"""Nobody bears these names that we know of."""
