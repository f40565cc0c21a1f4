"""What all modalities must do is tested once for all; here what only fingerprints do."""

from allpoints.formats.pictures import png
from allpoints.modalities.fingerprints import Fingerprints
from allpoints.records.biometrics import Fingerprint

FINGERPRINTS = Fingerprints()


def test_the_examples_are_of_different_fingers_and_small() -> None:
    examples = FINGERPRINTS.examples()
    templates = [FINGERPRINTS.encode(example) for example in examples]
    assert len(examples) >= 3
    assert sum(len(example.image) for example in examples) < 5_000
    for number, template in enumerate(templates):
        for other in templates[number + 1 :]:
            assert FINGERPRINTS.compare(template, other).llr < 0


def test_pictures_are_shown_beside_each_other(two_impressions) -> None:
    shown = FINGERPRINTS.side_by_side(
        *(Fingerprint(image=png(pixels), dpi=500) for pixels in two_impressions)
    )
    assert shown.picture.startswith(b"\x89PNG")
    assert len(shown.correspondences) >= 10


def test_sets_go_through_the_same_door() -> None:
    templates = [FINGERPRINTS.encode(example) for example in FINGERPRINTS.examples()]
    together = FINGERPRINTS.compare_sets(templates, templates)
    assert together.llr > 3
    assert FINGERPRINTS.explain_sets(templates, templates).comparison == together


def test_an_index_is_built_from_what_can_be_read(tmp_path) -> None:
    template = FINGERPRINTS.encode(FINGERPRINTS.examples()[0])
    records = [(4, [FINGERPRINTS.dump(template)]), (5, [b"damaged"])]
    index = FINGERPRINTS.build_index(tmp_path, bytes(32), records, "here")
    assert [found.record_id for found in index.search(template).candidates] == [4]
