"""Who may use the page: a file of `name:scrypt$N$r$p$salt$hash` lines, salt and hash in hex. No password is kept."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
import re
import secrets
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import anyio.to_thread

from rag.errors import SettingsError

COST, BLOCK, LANES = 2**15, 8, 1  # scrypt N, r, p: about 0.1 s and 32 MB a guess
MIN_PASSWORD = 8
TRIES, PAUSE = 5, 60.0  # wrong passwords in a row before a name waits, and for how many seconds
Login = Callable[[str, str], Awaitable[bool]]
"""(name, password) -> whether they may log in."""
_NAME = re.compile(r"[\w.@-]{1,64}")


def hash_password(password: str) -> str:
    """A salted scrypt entry. Raises SettingsError for a short password."""
    if len(password) < MIN_PASSWORD:
        raise SettingsError(f"The password is too short: take {MIN_PASSWORD} characters or more.")
    salt = secrets.token_bytes(16)
    return f"scrypt${COST}${BLOCK}${LANES}${salt.hex()}${_scrypt(password, salt, COST, BLOCK, LANES).hex()}"


def password_matches(password: str, entry: str) -> bool:
    """Whether `password` made this entry; compared in constant time."""
    _, cost, block, lanes, salt, digest = entry.split("$")
    made = _scrypt(password, bytes.fromhex(salt), int(cost), int(block), int(lanes))
    return hmac.compare_digest(made, bytes.fromhex(digest))


def _scrypt(password: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    secret = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(secret, salt=salt, n=cost, r=block, p=lanes, maxmem=256 * cost * block, dklen=32)


def read_users(path: Path) -> dict[str, str]:
    """Names and their entries. Raises SettingsError when the file is missing, empty or not of this form."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The users in {path} cannot be read: make a file with `python app.py --add-user NAME --auth-file {path}`."
        ) from error
    users: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        name, _, entry = line.strip().partition(":")
        if not _NAME.fullmatch(name) or not re.fullmatch(r"scrypt\$\d+\$\d+\$\d+\$[0-9a-f]+\$[0-9a-f]{64}", entry):
            raise SettingsError(f"Line {number} of {path} is not a user: make it with `python app.py --add-user NAME`.")
        users[name] = entry
    if not users:
        raise SettingsError(f"{path} holds no user: make one with `python app.py --add-user NAME --auth-file {path}`.")
    return users


def add_user(path: Path, name: str, password: str) -> None:
    """Write or replace a user. The file is readable by its owner only and is swapped in whole."""
    if not _NAME.fullmatch(name):
        raise SettingsError("The name may hold letters, digits and . _ @ - only, at most 64 of them.")
    if not password:
        raise SettingsError("The password is empty: type one, or pipe it in.")
    users = read_users(path) if path.exists() else {}
    users[name] = hash_password(password)
    draft = path.with_name(path.name + ".new")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.writelines(f"{key}:{entry}\n" for key, entry in users.items())
        draft.replace(path)
    except OSError as error:
        raise SettingsError(f"The users in {path} cannot be written ({error.strerror}): name another file.") from error


def is_loopback(host: str) -> bool:
    """Whether an address reaches this machine only. Names other than localhost count as reachable."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_reach(host: str, has_users: bool) -> None:
    """Raises SettingsError when others could reach the page and nobody has to log in."""
    if not is_loopback(host) and not has_users:
        raise SettingsError(
            f"{host} can be reached from other machines, so users must log in. Make one with `python app.py --add-user "
            "NAME --auth-file users.txt`, then start with `--auth-file users.txt`; or leave out --host."
        )


def bearer(login: Login) -> Callable[[str], Awaitable[str | None]]:
    """Whose credential "name:password" a program sent, for the API; None when it is nobody's."""

    async def identify(credential: str) -> str | None:
        name, _, password = credential.partition(":")
        return name if await login(name, password) else None

    return identify


def checker(users: Mapping[str, str], clock: Callable[[], float] = time.monotonic) -> Login:
    """The login check: hashes outside the event loop, and a name that failed TRIES times waits PAUSE seconds.

    An unknown name costs as much time as a known one.
    """
    decoy = hash_password(secrets.token_hex(16))
    failures: dict[str, tuple[int, float]] = {}
    lock = threading.Lock()

    def check(name: str, password: str) -> bool:
        known = name if name in users else ""
        count, since = failures.get(known, (0, 0.0))
        if count >= TRIES and clock() - since < PAUSE:
            return False
        right = password_matches(password, users.get(name, decoy)) and name in users
        with lock:
            if right:
                failures.pop(known, None)
            elif known:
                failures[known] = (failures.get(known, (0, 0.0))[0] % TRIES + 1, clock())
        return right

    async def login(name: str, password: str) -> bool:
        return await anyio.to_thread.run_sync(check, name[:64], password[:1024])

    return login
