"""Folders, manifests and files of images: what is found, in which order and under which name."""

import json
import re

import numpy as np
import pytest

from assay.errors import InputError
from assay.jobs.clarify.explanations import ImageDebug
from assay.jobs.clarify.image_data import find_images, read_rgb

pillow = pytest.importorskip("PIL.Image")


def touch(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_a_folder_is_searched_with_all_below_it(tmp_path):
    touch(tmp_path, "b.JPG", "a/c.png", "a/d.jpeg", "a/readme.txt", ".hidden/e.png", "a/._b.jpg")
    found = find_images(str(tmp_path))
    assert [each.name for each in found.files] == ["a/c.png", "a/d.jpeg", "b.JPG"]
    assert [each.stem for each in found.files] == ["c", "d", "b"]
    assert found.notes == (
        f"1 file(s) of {tmp_path.name} that are neither JPEG nor PNG were left out",
    )


def test_pictures_of_different_images_have_different_names(tmp_path):
    names = ["x/1.png", "y/1.png", "y/1.jpg", "Z.png", "q/z.png", "2.png", "y_1.png"]
    touch(tmp_path, *names)
    files = find_images(str(tmp_path)).files
    stems = {each.name: each.stem for each in files}
    assert stems["2.png"] == "2"
    assert stems["x/1.png"] == "x_1"
    assert len({stem.lower() for stem in stems.values()}) == len(names)
    assert all("/" not in stem for stem in stems.values())


def test_one_image_is_enough(tmp_path):
    touch(tmp_path, "cat.png")
    assert [each.name for each in find_images(str(tmp_path / "cat.png")).files] == ["cat.png"]


@pytest.mark.parametrize("prefix", ["deep/", None, "s3://bucket/somewhere/"])
def test_a_manifest_keeps_its_order(tmp_path, prefix):
    touch(tmp_path, "deep/b.png", "deep/a.png", "b.png", "a.png")
    told = [*([] if prefix is None else [{"prefix": prefix}]), "b.png", "a.png", "b.png"]
    (tmp_path / "list.json").write_text(json.dumps(told), encoding="utf-8")
    found = find_images(str(tmp_path / "list.json")).files
    assert [each.name for each in found] == ["b.png", "a.png"]
    assert (found[0].path.parent.name == "deep") is (prefix == "deep/")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"prefix": "a"}', "is no manifest of images"),
        ('[{"prefix": "a"}]', "is no manifest of images"),
        ("[1]", "is no manifest of images"),
        ('{"source-ref": "a.png"}\n{"source-ref": "b.png"}', "neither an image"),
        ('["absent.png", "a.png"]', "1 of 2 images of .* are not there, the first is absent.png"),
    ],
)
def test_what_is_no_manifest_says_so(tmp_path, text, words):
    touch(tmp_path, "a.png")
    (tmp_path / "list.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        find_images(str(tmp_path / "list.json"))


def test_debug_narrows_down_names_then_places(tmp_path):
    touch(tmp_path, "0.png", "1.png", "deep/2.png", "3.png")

    def names(**told):
        found = find_images(str(tmp_path), ImageDebug.model_validate(told)).files
        return [each.name for each in found]

    assert names(sample_from=1, sample_to=3) == ["1.png", "3.png"]
    assert names(image_names=["2.png", "3.png"]) == ["3.png", "deep/2.png"]
    assert names(image_names=["deep/2.png"], sample_from=0) == ["deep/2.png"]
    with pytest.raises(InputError, match=re.escape("names '7.png', which is none of the 4")):
        names(image_names=["7.png"])
    with pytest.raises(InputError, match="leaves no image: sample_from 4"):
        names(sample_from=4)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "I;16"])
def test_every_kind_of_image_becomes_three_channels_of_bytes(tmp_path, mode):
    grey = np.linspace(0, 255, 24).reshape(4, 6).round().astype(np.uint8)
    if mode == "I;16":
        made = pillow.fromarray((grey * np.uint16(257)).astype(np.uint16))
    else:
        made = pillow.fromarray(grey).convert(mode)
    made.save(tmp_path / "a.png")
    found = read_rgb(tmp_path / "a.png")
    assert found.shape == (4, 6, 3)
    assert found.dtype == np.uint8
    if mode not in ("1", "P"):
        np.testing.assert_allclose(found, np.repeat(grey[..., None], 3, axis=2), atol=1)
