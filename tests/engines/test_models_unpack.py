"""Zips that mean harm, and zips that are merely broken."""

import io
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livewatch.engines import unpack
from livewatch.engines.unpack import FileRecord, copy_folder, unpack_zip
from livewatch.errors import ModelError
from tests.engines.model_files import model_folder, model_zip


def zipped(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in entries:
            opened.writestr(name, content)
    return path


def special(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def refused(archive: Path, target: Path) -> ModelError:
    target.mkdir(exist_ok=True)
    with pytest.raises(ModelError) as caught:
        unpack_zip(archive, target)
    return caught.value


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../outside",
        "am/../../outside",
        "am/./final.mdl",
        "am//final.mdl",
        "C:/windows/x",
        "am\\..\\..\\outside",
        "am/fin\x1b[31mal.mdl",
        "am/fin\u202eal.mdl",
        "..",
        "/",
    ],
)
def test_a_name_that_leaves_the_folder_or_hides_something_refuses_the_whole_zip(tmp_path: Path, name: str) -> None:
    archive = zipped(tmp_path / "x.zip", ("am/good", b"1"), (name, b"2"))
    error = refused(archive, tmp_path / "inside")
    assert error.code == "model-unsafe"
    assert list((tmp_path / "inside").iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inside", "x.zip"]


@pytest.mark.parametrize(
    ("mode", "what"),
    [
        (stat.S_IFLNK | 0o777, "is a link"),
        (stat.S_IFIFO | 0o644, "is not a file"),
        (stat.S_IFCHR | 0o644, "is not a file"),
        (stat.S_IFBLK | 0o644, "is not a file"),
        (stat.S_IFSOCK | 0o644, "is not a file"),
    ],
)
def test_links_and_devices_are_refused(tmp_path: Path, mode: int, what: str) -> None:
    archive = zipped(tmp_path / "x.zip", (special("am/final.mdl", mode), b"/etc/passwd"))
    assert what in refused(archive, tmp_path / "inside").message


def test_the_same_name_twice_is_refused_also_where_case_does_not_count(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "x.zip", ("am/final.mdl", b"1"), ("AM/Final.mdl", b"2"))
    assert "is there twice" in refused(archive, tmp_path / "inside").message


def test_a_zip_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "x.zip", ("am/final.mdl", bytes(60_000_000)))
    assert archive.stat().st_size < 100_000
    error = refused(archive, tmp_path / "inside")
    assert "60,000,000 bytes" in error.message
    assert list((tmp_path / "inside").iterdir()) == []


def test_too_many_entries_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "MAX_FILES", 20)
    archive = zipped(tmp_path / "x.zip", *((f"am/{i}", b"") for i in range(21)))
    assert "21 entries" in refused(archive, tmp_path / "inside").message


def test_a_size_that_lies_writes_no_more_than_it_says(tmp_path: Path) -> None:
    """60 MB declared as 1,000 bytes, both in the entry and in the directory."""
    archive = zipped(tmp_path / "x.zip", ("am/final.mdl", bytes(60_000_000)))
    data = archive.read_bytes().replace((60_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    archive.write_bytes(data)
    assert refused(archive, tmp_path / "inside").code == "model-damaged"
    assert sum(path.stat().st_size for path in (tmp_path / "inside").rglob("*") if path.is_file()) <= 1_000


def test_a_manifest_in_the_zip_is_not_taken(tmp_path: Path) -> None:
    archive = zipped(
        tmp_path / "x.zip", ("am/final.mdl", b"1"), (unpack.MANIFEST, b"{}"), ("am/" + unpack.MANIFEST, b"{}")
    )
    (tmp_path / "inside").mkdir()
    assert [record.path for record in unpack_zip(archive, tmp_path / "inside")] == ["am/final.mdl"]


def test_the_records_are_those_of_the_files(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "x.zip", ("am/final.mdl", b"abc"))
    (tmp_path / "inside").mkdir()
    abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert unpack_zip(archive, tmp_path / "inside") == (FileRecord("am/final.mdl", 3, abc),)
    assert unpack.describe(tmp_path / "inside") == (FileRecord("am/final.mdl", 3, abc),)


@pytest.mark.parametrize("keep", [0, 1, 100, 5_000, 100_000, -1])
def test_a_cut_off_zip_is_damaged(tmp_path: Path, keep: int) -> None:
    archive = tmp_path / "x.zip"
    archive.write_bytes(model_zip(tmp_path)[:keep])
    assert refused(archive, tmp_path / "inside").code == "model-damaged"


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    data = bytearray(zipped(tmp_path / "x.zip", ("am/final.mdl", b"abc")).read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    data[6] |= 1
    (tmp_path / "x.zip").write_bytes(data)
    assert "is encrypted" in refused(tmp_path / "x.zip", tmp_path / "inside").message


def test_a_zip_that_names_another_method_than_its_own_is_damaged(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("am/final.mdl", b"0123456789" * 40)
    data = bytearray((tmp_path / "x.zip").read_bytes())
    data[data.index(b"PK\x01\x02") + 10] = zipfile.ZIP_BZIP2
    (tmp_path / "x.zip").write_bytes(data)
    assert refused(tmp_path / "x.zip", tmp_path / "inside").code == "model-damaged"


@settings(deadline=None, max_examples=150)
@given(position=st.integers(0, 10_000), value=st.integers(0, 255))
def test_any_changed_byte_gives_the_right_files_or_a_model_error(
    tmp_path_factory: pytest.TempPathFactory, position: int, value: int
) -> None:
    folder = tmp_path_factory.mktemp("zip")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for i in range(3):
            opened.writestr(f"am/{i}", b"0123456789" * 40)
    data = bytearray(buffer.getvalue())
    data[position % len(data)] = value
    (folder / "x.zip").write_bytes(data)
    (folder / "inside").mkdir()
    try:
        records = unpack_zip(folder / "x.zip", folder / "inside")
    except ModelError:
        return
    assert all(record.size == 400 for record in records)
    assert {path.name for path in folder.iterdir()} == {"x.zip", "inside"}


def test_a_folder_with_a_link_is_not_copied(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "m")
    (folder / "conf" / "secret").symlink_to("/etc/passwd")
    (tmp_path / "inside").mkdir()
    with pytest.raises(ModelError, match="is a link"):
        copy_folder(folder, tmp_path / "inside")
    assert list((tmp_path / "inside").iterdir()) == []
