from __future__ import annotations

import asyncio
import stat
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from rag.errors import SettingsError
from rag.web import auth


def tries(attempt: Coroutine[Any, Any, bool]) -> bool:
    """The coroutine's result; in a thread, because a browser test may have left its event loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, attempt).result()


def test_a_user_can_log_in_with_the_right_password_only(tmp_path: Path) -> None:
    path = tmp_path / "users.txt"
    auth.add_user(path, "ada", "correct horse")
    login = auth.checker(auth.read_users(path))
    assert tries(login("ada", "correct horse"))
    assert not tries(login("ada", "correct mule"))
    assert not tries(login("eve", "correct horse"))


def test_the_file_holds_no_password_and_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "users.txt"
    auth.add_user(path, "ada", "correct horse")
    auth.add_user(path, "bob", "correct horse")
    text = path.read_text()
    assert "horse" not in text
    assert len({line.partition(":")[2] for line in text.splitlines()}) == 2, "the same password, another salt"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_new_password_replaces_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "users.txt"
    auth.add_user(path, "ada", "correct horse")
    auth.add_user(path, "ada", "another mule")
    login = auth.checker(auth.read_users(path))
    assert not tries(login("ada", "correct horse"))
    assert tries(login("ada", "another mule"))


def test_after_five_wrong_passwords_a_name_waits_a_minute() -> None:
    now = [0.0]
    login = auth.checker({"ada": auth.hash_password("correct horse")}, clock=lambda: now[0])
    for _ in range(auth.TRIES):
        assert not tries(login("ada", "wrong guess"))
    assert not tries(login("ada", "correct horse"))
    now[0] = auth.PAUSE + 1
    assert tries(login("ada", "correct horse"))


@pytest.mark.parametrize("name", ["", "a:b", "a b", "x" * 65, "../x"])
def test_a_name_that_would_break_the_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="name"):
        auth.add_user(tmp_path / "users.txt", name, "correct horse")


def test_a_short_password_is_refused() -> None:
    with pytest.raises(SettingsError, match="too short"):
        auth.hash_password("short")


@pytest.mark.parametrize("content", ["", "ada:plain-password\n", "ada\n", "\x00\xff"])
def test_a_file_that_is_not_one_of_users_is_said_in_a_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "users.txt"
    path.write_text(content, "latin-1")
    with pytest.raises(SettingsError, match="--add-user"):
        auth.read_users(path)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org", ""])
def test_an_address_that_others_can_reach_needs_users(host: str) -> None:
    with pytest.raises(SettingsError, match=r"--add-user .* --auth-file"):
        auth.check_reach(host, has_users=False)
    auth.check_reach(host, has_users=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_this_machine_needs_none(host: str) -> None:
    auth.check_reach(host, has_users=False)
