"""Settings page: validation while typing, path template by clicks, databases, library, keys, import and export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from exr_inspector_app import cli, config
from exr_inspector_app.config import Secret
from exr_inspector_app.config.exchange import export_settings, import_settings
from exr_inspector_app.config.writer import save_settings
from exr_inspector_app.errors import ConfigError, StoreError
from exr_inspector_app.exr.pixels.decoder_limits import limit_decoders, thread_variables
from exr_inspector_app.exr.pixels.memory_budget import MemoryBudget, machine_memory_mb
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.publish.publish_job import PublishJob
from exr_inspector_app.gui.publish.targets import Targets
from exr_inspector_app.gui.settings.databases import list_databases, targets_to_save
from exr_inspector_app.gui.settings.path_template_editor import PathTemplateEditor
from exr_inspector_app.gui.settings.setting_form import SettingForm
from exr_inspector_app.gui.settings.template_words import ANY, FIXED, OUTSIDE, TemplateWords
from exr_inspector_app.gui.settings.validation import find_fault
from exr_inspector_app.gui.settings.window_state import Scheme, WindowState
from exr_inspector_app.services.library_location import relocate_library
from tests.exr_files import write_exr
from tests.vast_server import VastServer

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]
LEFT = Qt.MouseButton.LeftButton
NO_SERVER = "http://127.0.0.1:9"
EXAMPLE = "/mnt/prod/orca/OR_0420/lighting/beauty/v017/beauty.1047.exr"


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("endpoint", "ftp://x y", "Use https://vast.example.com"),
        ("endpoint", "vast.example.com:8443", ""),
        ("bucket", "A", "Use a-z, 0-9, dots and dashes"),
        ("schema", "exr metadata", "Use a-z, 0-9 and _"),
        ("patience_seconds", "soon", "Patience must be a number of seconds"),
        ("decoder_memory_mb", "12", "Decoder memory must be a whole number, 256 or more."),
        ("decoder_memory_mb", str(machine_memory_mb()), f"This machine has {machine_memory_mb():,} MB."),
        ("decoder_threads", "0", "Decoder threads must be a whole number, 1 or more."),
        ("path_template", "/mnt/{shop}", "use at least one of {show}"),
        ("viewer", "rv {fram}", "Unknown placeholder {fram}"),
        ("viewer", 'rv "{file}', "A quotation mark is not closed."),
        ("library", "library.duckdb", "Use a full path"),
        ("library", "~/library.duckdb", ""),
        ("secret_key", "anything", ""),
    ],
)
def test_text_has_one_sentence_if_it_is_invalid(key: str, text: str, sentence: str) -> None:
    fault = find_fault(key, text)
    assert (sentence in fault) if sentence else fault == ""


def test_field_shows_its_sentence_while_typing(qtbot: QtBot) -> None:
    form = SettingForm(["decoder_threads"])
    qtbot.addWidget(form)
    field, fault = form.fields["decoder_threads"], form.faults["decoder_threads"]
    qtbot.keyClicks(field, "0")
    assert "1 or more" in fault.text()
    assert not fault.isHidden()
    assert field.property("invalid") is True
    qtbot.keyClick(field, Qt.Key.Key_Backspace)
    qtbot.keyClicks(field, "4")
    assert fault.isHidden()
    assert form.first_fault() == ("", "")


def test_words_of_a_path_become_a_template() -> None:
    words = TemplateWords.of(EXAMPLE, "")
    for index, role in ((2, "show"), (3, "shot"), (6, "version"), (4, "task")):
        words.set_role(index, role)
    assert words.template == "/mnt/prod/{show}/{shot}/{task}/*/{version}"
    words.set_role(5, "task")  # moves the name
    assert words.template == "/mnt/prod/{show}/{shot}/*/{task}/{version}"
    words.set_role(3, FIXED)
    words.set_role(6, OUTSIDE)
    assert words.template == "/mnt/prod/{show}/OR_0420/*/{task}"
    words.set_role(1, ANY)
    assert words.template == "/mnt/*/{show}/OR_0420/*/{task}"
    assert TemplateWords.of("prod:/orca/a.exr", "").has_root is False
    mixed = TemplateWords.of(EXAMPLE, "/mnt/prod/{show}/{shot}_{task}")
    assert [mixed.role(index) for index in range(5)] == [FIXED, FIXED, "show", "mixed", OUTSIDE]


def test_clicks_on_folders_write_the_template(qtbot: QtBot) -> None:
    editor = PathTemplateEditor(QLineEdit())
    qtbot.addWidget(editor)
    editor.set_examples([EXAMPLE, "/mnt/other/a.exr"])
    for folder, role in (("orca", "show"), ("OR_0420", "shot")):
        button = next(one for one in editor.path_words.buttons if one.folder == folder)
        qtbot.mouseClick(button, LEFT)
        editor.roles.option_selected.emit(role)
    assert editor.field.text() == "/mnt/prod/{show}/{shot}"
    assert editor.result.text() == "Show: orca    Shot: OR_0420"
    assert editor.count.text() == "Matches 1 of 2 folders with open files."
    editor.show_next_example()
    assert editor.example == "/mnt/other/a.exr"
    assert "does not match" in editor.result.text()
    editor.field.setText("/mnt/{shop}")
    assert editor.result.isHidden()


def test_database_in_use_is_found_among_several() -> None:
    studio = {"name": "Studio", "endpoint": "https://studio", "bucket": "exr"}
    databases, index = list_databases([{"name": "Farm", "endpoint": "https://farm"}, studio], studio)
    assert (index, databases[1]["name"]) == (1, "Studio")
    unsaved, index = list_databases([studio], {"endpoint": "https://new"})
    assert (index, unsaved[0]["endpoint"]) == (0, "https://new")
    assert [row["name"] for row in targets_to_save(unsaved)] == ["https://new", "Studio"]
    assert targets_to_save([dict.fromkeys(studio, "")]) == []


def test_exported_settings_have_no_keys_and_come_back(tmp_path: Path) -> None:
    path, out = tmp_path / "settings.toml", tmp_path / "out.toml"
    path.write_text(
        '# ours\nviewer = "rv"\npatience_seconds = 60.0\nveiwer = "x"\n'
        '[[roots]]\nname = "prod"\nprefixes = ["/mnt/prod"]\n'
        '[vast]\nendpoint = "https://vast"\naccess_key = "KEY"\n'
    )
    save_settings({}, {}, path, targets=[{"name": "Farm", "endpoint": "https://farm", "bucket": ""}])
    export_settings(out, path)
    text = out.read_text()
    assert "KEY" not in text
    assert "# ours" in text
    imported = import_settings(out)
    assert (imported.texts["viewer"], imported.texts["patience_seconds"]) == ("rv", "60")
    assert imported.vast == {"endpoint": "https://vast"}
    assert imported.targets == ({"name": "Farm", "endpoint": "https://farm"},)
    assert imported.roots == (config.Root("prod", ("/mnt/prod",)),)
    assert "Did you mean `viewer`?" in imported.notices[0]
    out.write_text('patience_seconds = "soon"\n')
    with pytest.raises(ConfigError, match="number of seconds"):
        import_settings(out)


def test_limits_of_decoders_follow_the_settings() -> None:
    budget = MemoryBudget(8000)
    budget.limit(1000)
    assert budget.reserve(5000) == 1000
    budget.limit(None)
    assert budget.reserve(500) == 500
    limit_decoders(None, 3)
    assert thread_variables() == {"EXR_INSPECTOR_DECODER_THREADS": "3"}
    limit_decoders(None, None)
    assert thread_variables() == {}


def test_library_moves_with_its_setting_or_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXR_INSPECTOR_LIBRARY")
    save_settings({"library": str(tmp_path / "first" / "library.duckdb")}, {})
    assert cli.main(["publish", str(write_exr(tmp_path / "a.exr"))]) == 0
    before = config.load()
    target = tmp_path / "new" / "moved.duckdb"
    relocate_library(before, target)
    assert not before.library.exists()
    after = config.load()
    assert after.library == target
    assert [path.name for path in target.parent.iterdir()] == ["moved.duckdb"]
    assert cli.main(["library", "list"]) == 0
    taken = write_exr(tmp_path / "taken.exr")
    with pytest.raises(StoreError, match="already a file"):
        relocate_library(after, taken)
    config.settings_file().write_text("x = [")
    with pytest.raises(ConfigError):
        relocate_library(after, tmp_path / "again.duckdb")
    assert [path.name for path in target.parent.iterdir()] == ["moved.duckdb"]
    assert not (tmp_path / "again.duckdb").exists()


def test_keys_without_a_keyring_are_used_until_the_end(
    qtbot: QtBot, window: MainWindow, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setattr(Targets, "query", lambda self: None)  # no server listens, and each query tries for seconds
    sheet, targets = window.targets.sheet, window.controller.targets
    config.settings_file().parent.mkdir(parents=True, exist_ok=True)
    config.settings_file().write_text('veiwer = "rv"\n')
    window.show_settings_fault("")
    window.actions_["settings"].trigger()
    settle()
    for key, text in {"endpoint": NO_SERVER, "bucket": "renders", "access_key": "K", "secret_key": "hunter2"}.items():
        sheet.fields[key].setText(text)
    sheet.sections.appearance.scheme.set_current("light")
    qtbot.mouseClick(sheet.save, LEFT)
    settle()
    assert "No keyring on this machine" in sheet.error.text()
    banner = window.layout_.settings_banner  # about the unknown setting, below the page
    assert "Did you mean `viewer`?" in banner.text
    banner.button.click()
    assert banner.isHidden()
    qtbot.mouseClick(sheet.use_until_quit, LEFT)
    assert not sheet.isVisible()
    vast = targets.config.vast
    assert vast is not None
    assert (vast.access_key, vast.secret_key) == ("K", Secret("hunter2"))
    assert "hunter2" not in config.settings_file().read_text()
    assert WindowState().scheme is Scheme.LIGHT
    window.actions_["settings"].trigger()
    qtbot.mouseClick(sheet.save, LEFT)  # keeps the keys
    qtbot.waitUntil(lambda: not sheet.isVisible())
    assert targets.config.vast == vast


def test_missing_tables_are_created_and_settings_exchanged(
    qtbot: QtBot, window: MainWindow, settle: Settle, tmp_path: Path
) -> None:
    source, out = tmp_path / "in.toml", tmp_path / "out.toml"
    sheet = window.targets.sheet
    with VastServer(buckets=("vastdb",), access="KEY", secret="SECRET") as server:
        source.write_text(f'decoder_threads = 2\n[vast]\nendpoint = "{server.endpoint}"\nbucket = "vastdb"\n')
        window.actions_["settings"].trigger()
        settle()
        window.targets.settings.files.import_from(source)
        settle()
        assert (sheet.fields["decoder_threads"].text(), sheet.fields["bucket"].text()) == ("2", "vastdb")
        assert not config.settings_file().exists()  # until it is saved
        sheet.fields["access_key"].setText("KEY")
        sheet.fields["secret_key"].setText("SECRET")
        qtbot.mouseClick(sheet.test, LEFT)
        settle()
        assert sheet.steps.steps[-1][:2] == ("Tables", False)
        qtbot.mouseClick(sheet.create_tables, LEFT)
        qtbot.waitUntil(lambda: ("Tables", True) in [step[:2] for step in sheet.steps.steps])
        settle()
        assert not sheet.create_tables.isVisible()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PublishJob, "is_running", True)
        window.targets.settings.files.move_library(tmp_path / "moved.duckdb")
    assert "A publish is running" in sheet.error.text()
    window.targets.settings.files.export_to(out)
    settle()
    assert "without keys" in sheet.error.text()
    assert out.read_text() == ""
