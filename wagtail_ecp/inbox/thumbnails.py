"""Small pictures of images that strangers sent, made anew so that nothing else stays."""

import io
import warnings
from typing import Final

from PIL import Image, ImageOps

from wagtail_ecp.mail.rasters import raster_type

#: Pixels: the longer side of a thumbnail, and all of an image that is opened for one.
SIDE: Final = 320
MOST_PIXELS: Final = 40_000_000
FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP")


def thumbnail(data: bytes) -> tuple[bytes, str] | None:
    """Return a picture of at most SIDE pixels and its content type.

    None for what is no raster image, is broken, or would unpack to more than
    MOST_PIXELS. What a camera wrote beside the image (place, name) is left out.
    """
    if not raster_type(data):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _made_small(data)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return None
    except (Image.DecompressionBombWarning, MemoryError, OverflowError):
        return None


def _made_small(data: bytes) -> tuple[bytes, str] | None:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            return None
        image.draft("RGB", (2 * SIDE, 2 * SIDE))
        image.thumbnail((SIDE, SIDE))
        upright = ImageOps.exif_transpose(image)
        has_alpha = upright.has_transparency_data
        small = upright.convert("RGBA" if has_alpha else "RGB")
        small.info.clear()
    result = io.BytesIO()
    if has_alpha:
        small.save(result, "PNG")
        return result.getvalue(), "image/png"
    small.save(result, "JPEG", quality=80)
    return result.getvalue(), "image/jpeg"
