"""Pictures as others send them (PNG, TIFF, JPEG, JPEG 2000, BMP, WSQ), read into pixels within limits, and written."""

from allpoints.formats.pictures.reading import MAX_PIXELS, MAX_SIDE, Picture, colour, grey, jpeg, png

__all__ = ["MAX_PIXELS", "MAX_SIDE", "Picture", "colour", "grey", "jpeg", "png"]
