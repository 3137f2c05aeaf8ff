"""What is taken as a photo, and that nothing but the picture is kept of it. Oracle: Pillow."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from dashboard.queue.photos import LONGEST_SIDE, PHOTO_BYTES, clean
from data.errors import BadQuestion

SECRET = b"Maker of phones"


def picture(form: str, side: int = 40, **more: Any) -> bytes:
    """A small photo full of words about where and by whom it was taken."""
    noise = np.random.default_rng(3).integers(0, 255, (side, side, 3), dtype=np.uint8)
    exif, words, into = Image.Exif(), PngInfo(), io.BytesIO()
    exif[0x010F] = SECRET.decode()
    words.add_text("Author", SECRET.decode())
    about: dict[str, Any] = {"pnginfo": words} if form == "PNG" else {"comment": SECRET, "quality": 85}
    Image.fromarray(noise).save(into, form, exif=exif, **about, **more)
    return into.getvalue()


def pixels(body: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(body)))


@pytest.mark.parametrize(
    ("form", "kind", "more"),
    [("JPEG", "image/jpeg", {}), ("JPEG", "image/jpeg", {"progressive": True}), ("PNG", "image/png", {})],
)
def test_only_the_picture_is_kept(form: str, kind: str, more: dict[str, Any]) -> None:
    body = picture(form, **more)
    assert SECRET in body
    told, kept = clean(body)
    assert told == kind
    assert SECRET not in kept
    assert (pixels(kept) == pixels(body)).all()
    assert not Image.open(io.BytesIO(kept)).getexif()
    assert clean(kept) == (kind, kept)


def test_what_follows_the_picture_is_dropped() -> None:
    for form in ("JPEG", "PNG"):
        body = picture(form)
        assert clean(body + b"a film that some phones append") == clean(body)


@pytest.mark.parametrize("more", [{}, {"progressive": True}])
def test_a_second_picture_behind_the_first_is_dropped(more: dict[str, Any]) -> None:
    """As phones write it that keep what lay before the filters, each with its own words."""
    body = picture("JPEG", **more)
    assert clean(body + picture("JPEG")) == clean(body)
    assert clean(body + b"\xff\xd9") == clean(body)


def test_words_between_the_scans_of_a_picture_go() -> None:
    body = picture("JPEG", progressive=True)
    last = body.rfind(b"\xff\xda")
    said = b"\xff\xfe" + (len(SECRET) + 2).to_bytes(2, "big") + SECRET
    assert body.count(b"\xff\xda") > 1
    assert clean(body[:last] + said + body[last:]) == clean(body)


@pytest.mark.parametrize(("mark", "kept"), [(0xE0, b"JFIF\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe")])
def test_of_segments_that_may_be_about_colours_those_that_are_stay(mark: int, kept: bytes) -> None:
    body = picture("JPEG")
    for begins, stays in ((kept, True), (b"MPF\0", False), (b"-", False)):
        said = begins + b"a segment of mine"
        segment = bytes([0xFF, mark]) + (len(said) + 2).to_bytes(2, "big") + said
        assert (said in clean(body[:2] + segment + body[2:])[1]) == stays


def test_other_files_are_refused() -> None:
    gif = io.BytesIO()
    Image.new("RGB", (4, 4)).save(gif, "GIF")
    for body in (b"", gif.getvalue(), b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7 ...", b"\xff\xd8"):
        with pytest.raises(BadQuestion):
            clean(body)


def test_too_large_is_refused() -> None:
    with pytest.raises(BadQuestion, match="smaller"):
        clean(picture("JPEG") + b"0" * PHOTO_BYTES)
    wide = io.BytesIO()
    Image.new("1", (LONGEST_SIDE + 1, 1)).save(wide, "PNG")
    with pytest.raises(BadQuestion, match=str(LONGEST_SIDE)):
        clean(wide.getvalue())


@given(form=st.sampled_from(["JPEG", "PNG"]), cut=st.floats(0, 0.999))
def test_what_is_cut_off_is_refused(form: str, cut: float) -> None:
    body = picture(form, 24)
    with pytest.raises(BadQuestion):
        clean(body[: int(len(body) * cut)])


@given(body=st.binary(max_size=300), head=st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b""]))
def test_no_bytes_make_it_fail_otherwise(body: bytes, head: bytes) -> None:
    try:
        clean(head + body)
    except BadQuestion:
        return
    assert b"\xff\xd9" in body or b"IEND" in body
