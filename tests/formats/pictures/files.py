"""Small pictures in every format that is read."""

import base64
import io

import numpy as np
from PIL import Image

FORMATS = {
    "PNG": {"dpi": (500, 500)},
    "TIFF": {"dpi": (500, 500), "compression": "tiff_lzw"},
    "JPEG": {"dpi": (500, 500), "quality": 95},
    "JPEG2000": {},
    "BMP": {"dpi": (500, 500)},
}


def ramp(mode: str = "RGB") -> Image.Image:
    """40 × 60: red grows to the right, green downwards; the upper left is black."""
    y, x = np.mgrid[:40, :60]
    return Image.fromarray(np.stack([x * 4, y * 6, y * 0], axis=2).astype(np.uint8)).convert(mode)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    to = io.BytesIO()
    image.save(to, form, **options)
    return to.getvalue()


GOOD = {form: saved(ramp(), form, **options) for form, options in FORMATS.items()}
GOOD["16 bits"] = saved(Image.fromarray(np.arange(2400, dtype=np.uint16).reshape(40, 60)), "PNG")
GOOD["palette"] = saved(ramp().quantize(16), "PNG")
GOOD["progressive"] = saved(ramp(), "JPEG", progressive=True)
GOOD["turned"] = saved(
    ramp(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
)
GOOD["WSQ"] = base64.b64decode(
    """
    /6D/qAB4TklTVF9DT00gOQpQSVhfV0lEVEggNjQKUElYX0hFSUdIVCA2NApQSVhfREVQVEggOApQUEkgNTAwCkxPU1NZIDEKQ09M
    T1JTUEFDRSBHUkFZCkNPTVBSRVNTSU9OIFdTUQpXU1FfQklUUkFURSAwLjc1MDAwMP+kADoJBwAJMtMlzQAK4PMZmgEKQe/xmgEL
    jidkzQAL4XmjMwAJLv9WAAEK+TPTMwEL8ochmgAKJnfaM/+lAYUCACwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADQWkDTn4DNoED
    QWgDPbADSgcDMocDPKIDVGEDZUIDKQQDMTgDODYDQ3QDIwEDKgEDHcADI7MDGZ8DHr8E/RQDHl8DLmIDN6kDMKMDOl0DHdUDI8wD
    Jc4DLV4CReACU9oDaK4DfZ0DVpkDZ+sDOUcDRLsCLHQCNVgCIbICKG8Df94DmXECG/oCIZMDQjMDT3ADOiIDRcIDm6cDuskDNcID
    QIIDN6QDQsUDX6oDcswDM2UDPawDOEIDQ4MDHGoDIhkDH9wDJjsDPcEDShsDJRoDLIUDKBcDMBwDK0ADM+cDKEcDMFUDOK4DRAQD
    ocMDwh4DYW0DdOoDN1ADQmADNg8DQN8DQuYDUEgDcrUDiaYDY40Dd3YCP+0CTLUDaoUDf9MAAAAAAAACM04CPZAAAAAAAAAAAAAA
    AAADSUYDV+4AAAAAAAADOu0DRrYAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAD/ogARAP8AQABAAjE3BBt4AgAA/6YAZQAA
    AAAECA4PKQAAAAAAAAAAAWaztWWrsLGytre4Apydpaaoqq2ur7m8vdADlZmgurvAwcLGzc7R2fFobXh7fH2CiY+Tl5qbnp+jpKep
    vr/Fx8jJys/S1tzf5+js7/Dy9Pz9/v+jAAMAobVdMCsaBLYBli8OxILYdAGuUHKqYu0gJLQryZaKeowf2wK54K62MnWQE+4UBsaR
    1EQKA5pzbo2ZY/rcMjUBswrN8j580UV29k7k9M0OOt2riv46KpxWIj1IVf2EU3jFmtzQj5b41/pw6wCLC+eSMcXb8v7aJLSHJ7C4
    jiisPRdUoahXdjOrRGZgzzdVYKjNzevzLDr+5GzrW4uVqe/d0x27WDDElofyE+9wCpb3x9+NdOCbPI93Rlkse3FLT/+mAF8BAAEC
    AgQBDBIjAQAAAAAAALMBtbK2AgOxt7gECamqrK2ur7C5wsMFBgoLDg8TH2ajpKe6vL3Bys8HCAwhIiplaWpydHuEjo+TmZydn6Gr
    u76/wMTFxsfIzM7Q4uf/owADAeLCpR1HW1cKHylPso89I6Ru4ujp8Luh6+LXQmTDIRt5aGxMzxGz4dOXCK4VirE4pbsTvzqI6pkt
    QrfBQLQ9VqvdZJRqzawdjUXvKEXikXE4r7PE5fzl5Gzq82zt5HT1X7fLhq+3z8/59v8Acno9/wAf9s/71+40TqdoF0Wmmiymefm0
    Tt6/pn5s2afrdTy+nXh9/wB5cmXJ17cL3ULRhF1Ehr0Vz55vtM2XPs/H6zRQvDWmbYRbqyNj3oxS8To8IhaZhyNDrFXq1Um7URRu
    jwoaqYRSXvg0UDuNvvzwnCcBPA443wOON8Z4DEY4koTCYxx//6MAAwHyAJGAG+22+8B4444XvOJNNtJMMxMi1rWtA5lQgTbbQCaG
    6lW0CYG4AmhNt1baBOgAACe42222wTo0AAJ7gm222hOraABN7om22jutAJ4xNtGNure8VMZQRQ3f/6E=
    """
)
"""64 × 64 pixels of circles, written by NIST's encoder."""
