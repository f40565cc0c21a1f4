"""Labelled pictures of faces for the benchmarks: a folder with one folder a person, or drawn ones."""

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allpoints.errors import InvalidValue
from allpoints.modalities.faces import FaceTemplate, encode

SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".jp2"))
DRAWN_PEOPLE, DRAWN_PICTURES = 30, 6


class Labelled(NamedTuple):
    """One picture, and who it shows."""

    person: str
    picture: str
    image: bytes


class Encoded(NamedTuple):
    """One template, and who it is of."""

    person: str
    picture: str
    template: FaceTemplate


class Gaussian(NamedTuple):
    """From which distractors are drawn; `share` is how much of its shape is that of the data."""

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    share: float


def labelled(folder: Path | None) -> list[Labelled]:
    """Read a folder of which each innermost folder with pictures is a person; drawn faces without one."""
    if folder is None:
        from allpoints.demo.faces import drawn_face

        return [
            Labelled(f"drawn {person}", str(picture), drawn_face(person, picture))
            for person in range(DRAWN_PEOPLE)
            for picture in range(DRAWN_PICTURES)
        ]
    within = folder / "faces" if (folder / "faces").is_dir() else folder
    found = [
        Labelled(str(path.parent.relative_to(within)), path.stem, path.read_bytes())
        for path in sorted(within.rglob("*"))
        if path.suffix.lower() in SUFFIXES
    ]
    if len({each.person for each in found}) < 2:
        raise InvalidValue(
            f"no pictures of two people in {within}",
            field="--data",
            remedy="Name a folder with a folder of pictures for each person.",
        )
    return found


def digest(pictures: list[Labelled]) -> str:
    """The SHA-256 of all pictures with their names."""
    whole = hashlib.sha256()
    for person, picture, image in pictures:
        whole.update(f"{person}/{picture}\n".encode() + hashlib.sha256(image).digest())
    return f"sha256:{whole.hexdigest()}"


def encoded(pictures: list[Labelled]) -> tuple[list[Encoded], list[Labelled]]:
    """Make templates; also return those of which none could be made."""
    made, failed = [], []
    for each in pictures:
        try:
            made.append(Encoded(each.person, each.picture, encode(each.image)))
        except InvalidValue:
            failed.append(each)
    return made, failed


def vectors(templates: list[Encoded]) -> NDArray[np.float64]:
    """The embeddings, one a row."""
    return np.array([each.template.vector for each in templates], np.float64)


def pairs(templates: list[Encoded]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
    """Each pair of templates once, and whether they are of one person."""
    people = np.array([each.person for each in templates])
    one, other = np.triu_indices(len(templates), 1)
    return one, other, people[one] == people[other]


def population(templates: list[Encoded]) -> Gaussian:
    """What strangers' embeddings look like, made so that a stranger is as like a person of the data as others are.

    Mean and covariance of the data's embeddings. The mean is made shorter, and the covariance shrunk towards the
    sphere, until the cosines of strangers with the data have the mean and the variance that cosines of two
    people of the data have: a few people's own covariance knows their directions alone, and no others'.
    """
    held = vectors(templates)
    one, other, same = pairs(templates)
    apart = (held[one] * held[other]).sum(axis=1)[~same]
    mean = held.mean(axis=0)
    mean *= np.sqrt(max(float(apart.mean()), 0.0) / (mean @ mean))
    spread = 1 - mean @ mean
    own = np.cov(held.T, bias=True)
    own *= spread / np.trace(own)
    sphere = np.eye(len(mean)) * spread / len(mean)
    as_own, as_sphere = (float(np.mean(((held @ each) * held).sum(axis=1))) for each in (own, sphere))
    share = float(np.clip((apart.var() - as_sphere) / (as_own - as_sphere), 0, 1))
    return Gaussian(mean, share * own + (1 - share) * sphere, share)


def strangers(like: Gaussian, number: int) -> NDArray[np.float32]:
    """Draw embeddings of people whom nobody has seen; the same ones at every call."""
    random = np.random.default_rng(0)
    root = np.linalg.cholesky(like.covariance + 1e-9 * np.eye(len(like.mean)))
    drawn = like.mean + random.standard_normal((number, len(like.mean))) @ root.T
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
