"""The zip that a handbook is."""

import io
import zipfile
from pathlib import Path

from routebook.formats.drawing import STYLE
from routebook.paper import bind


def test_everything_lies_in_one_folder_and_is_the_same_each_time(tmp_path: Path) -> None:
    kept = tmp_path / "clip.mp4"
    kept.write_bytes(b"moving" * 100)
    made = []
    for _ in range(2):
        target = io.BytesIO()
        bind(target, {"index.html": "<p>ä", "sops/s.html": ""}, {"a/p.png": b"png", "clip.mp4": kept})
        made.append(target.getvalue())
    assert made[0] == made[1]
    with zipfile.ZipFile(io.BytesIO(made[0])) as archive:
        assert archive.testzip() is None
        names = ["index.html", "sops/s.html", "style.css", "media/a/p.png", "media/clip.mp4"]
        assert archive.namelist() == [f"handbook/{name}" for name in names]
        assert archive.read("handbook/media/clip.mp4") == kept.read_bytes()
        assert archive.read("handbook/index.html").decode() == "<p>ä"


def test_the_stylesheet_knows_the_map_and_loads_nothing() -> None:
    target = io.BytesIO()
    bind(target, {}, {})
    with zipfile.ZipFile(target) as archive:
        style = archive.read("handbook/style.css").decode()
    assert STYLE in style
    assert "url(" not in style
    assert "@import" not in style
