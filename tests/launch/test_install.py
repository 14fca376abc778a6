"""The installers: which one is used, what it is told, what becomes of its failure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from launch.install import clean, split, tail

if TYPE_CHECKING:
    from harness.machine import Machine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no scripts as programs there")
SYSTEM = os.defpath
REFUSING = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_NO_INDEX": "1",
    "PIP_FIND_LINKS": "",
    "UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple",
    "UV_FIND_LINKS": "",
    "UV_HTTP_RETRIES": "0",
}
MANAGED_PROBE = """
import os, sys, sysconfig
marker = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
sys.exit(not (sys.version_info >= (3, 10) and os.path.exists(marker)))
"""


@pytest.fixture
def without_uv(machine: Machine) -> Machine:
    """A machine with a Python and no uv."""
    (machine.bin / "python3").symlink_to(sys.executable)
    machine.env["PATH"] = f"{machine.bin}:{SYSTEM}"
    return machine


def recorder(machine: Machine, then: str) -> None:
    """Put a uv on PATH that writes down how it was started, then does something."""
    machine.write(
        "bin/uv",
        f"""#!{sys.executable} -IS
import json, os, pathlib, sys
seen = dict(env=dict(os.environ), cwd=os.getcwd(), argv=sys.argv[1:])
pathlib.Path({str(machine.folder / "seen")!r}).write_text(json.dumps(seen))
{then}
""",
    )


def test_pip_does_it_where_there_is_no_uv(without_uv: Machine) -> None:
    """Any Python with pip will do."""
    start = without_uv.start("spam.first")

    assert start.code == 0, start
    assert without_uv.made == ["installed"]


def test_what_is_there_is_compiled_while_another_pip_works(without_uv: Machine) -> None:
    """Python finds the byte code of what nobody has imported yet, and takes it for up to date."""
    without_uv.write("action/src/harmonica_session/later.py", "")
    assert without_uv.start().code == 0
    (compiled,) = (without_uv.ready / "byte-code").rglob("later.*.pyc")
    before = compiled.stat().st_ino

    start = without_uv.start("harmonica_session.later")

    assert start.code == 0, start
    assert compiled.stat().st_ino == before


def test_a_python_without_pip_uses_the_one_that_comes_with_it(without_uv: Machine) -> None:
    """A pip that was never installed is run straight from its wheel."""
    venv = without_uv.folder / "home" / "venv"
    made = [sys.executable, "-m", "venv", "--without-pip", str(venv)]
    subprocess.run(made, check=True)  # noqa: S603 - the test's own words
    if not [*Path(os.__file__).parent.glob("ensurepip/_bundled/pip-*.whl")]:
        pytest.skip("this Python comes without the wheel of pip")

    start = without_uv.start("spam.first", INPUT_PYTHON_PATH=str(venv / "bin" / "python"))

    assert start.code == 0, start
    assert "No module named pip" not in start.stdout


@pytest.mark.parametrize("uv", [True, False])
def test_an_externally_managed_python_is_no_obstacle(machine: Machine, *, uv: bool) -> None:
    """Nothing is installed into the Python itself, so its distributor has nothing to forbid."""
    pythons = [path for path in ("/usr/bin/python3", sys.executable) if Path(path).exists()]
    managed = [
        path
        for path in pythons
        if not subprocess.run([path, "-c", MANAGED_PROBE], check=False).returncode  # noqa: S603 - likewise
    ]
    if not managed:
        pytest.skip("no Python here is externally managed")
    if not uv:
        machine.env["PATH"] = SYSTEM

    start = machine.start("spam.first", INPUT_PYTHON_PATH=managed[0])

    assert start.code == 0, start


def test_when_uv_fails_pip_takes_over(without_uv: Machine) -> None:
    """The step goes on, and what uv said is in the log, where it can command nothing."""
    recorder(without_uv, 'print("::set-env name=A::b"); sys.exit("error: no network for uv")')

    start = without_uv.start("spam.first")

    assert start.code == 0, start
    lines = start.stdout.splitlines()
    group = lines.index("::group::Output of uv")
    token = lines[group + 1].removeprefix("::stop-commands::")
    assert group < lines.index("::set-env name=A::b") < lines.index(f"::{token}::")
    assert len(token) == 32
    assert "error: no network for uv" in lines


def test_a_failed_installation_is_one_annotation(machine: Machine) -> None:
    """It has the installer's own message and says where to look; nothing half-made stays."""
    start = machine.start("spam.first", **REFUSING)

    (error,) = [line for line in start.stdout.splitlines() if line.startswith("::error ")]
    assert start.code == 1
    assert start.stderr == ""
    assert error.startswith("::error title=Setup failed::The libraries could not be installed: ")
    for words in (
        "ERROR: No matching distribution found",
        "PIP_INDEX_URL",
        "HTTPS_PROXY",
        "A release tag",
    ):
        assert words in error
    pips = [name in start.stdout for name in ("Output of pip\n", "Output of the pip that comes")]
    assert pips.count(True) == 1  # which one depends on whether this Python has its own
    assert machine.made == []
    assert (machine.folder / "output").read_text() == "status=failed\n"
    assert "Setup failed" in (machine.folder / "summary").read_text()


def test_a_package_that_is_not_what_the_lock_says_is_refused(without_uv: Machine) -> None:
    """Hashes are checked, whatever the index serves."""
    without_uv.take_lock("spam==1.0 --hash=sha256:" + "0" * 64 + "\n")

    start = without_uv.start("spam.first")

    assert start.code == 1
    assert without_uv.made == []


def test_an_installer_sees_no_secret_and_works_outside_the_checkout(machine: Machine) -> None:
    """No input, no token, no file command; and a folder where no settings file lies."""
    recorder(machine, "sys.exit(1)")
    secret = {
        "INPUT_API_KEY": "s3cret",
        "INPUT_GITHUB_TOKEN": "s3cret",
        "HARMONICA_API_KEY": "s3cret",
        "GITHUB_TOKEN": "s3cret",
        "GH_TOKEN": "s3cret",
        "ACTIONS_RUNTIME_TOKEN": "s3cret",
    }

    machine.start("spam.first", **secret, **REFUSING)

    seen = json.loads((machine.folder / "seen").read_text())
    assert "s3cret" not in seen["env"].values()
    assert not [name for name in seen["env"] if name.startswith(("GITHUB_", "RUNNER_", "INPUT_"))]
    assert seen["cwd"].startswith(str(machine.family))
    assert seen["env"]["UV_CACHE_DIR"].startswith(f"{seen['cwd']}/")
    assert seen["env"]["PIP_NO_CACHE_DIR"] == "1"
    assert {"--require-hashes", "--only-binary", "--no-deps", "--target"} <= {*seen["argv"]}
    assert seen["env"]["TMPDIR"] == seen["cwd"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PIP_INDEX_URL", "https://mirror.example/simple"),
        ("PIP_FIND_LINKS", "/opt/wheels"),
        ("PIP_CERT", "/etc/ssl/company.pem"),
        ("PIP_DEFAULT_TIMEOUT", "180"),
        ("PIP_CONFIG_FILE", "/etc/company/pip.conf"),
        ("LD_LIBRARY_PATH", "/opt/python/lib"),
        ("UV_DEFAULT_INDEX", "https://mirror.example/simple"),
        ("UV_INDEX_COMPANY_PASSWORD", "word"),
        ("UV_HTTP_TIMEOUT", "180"),
        ("UV_CONFIG_FILE", "/etc/company/uv.toml"),
        ("HTTPS_PROXY", "http://proxy.example:3128"),
        ("SSL_CERT_FILE", "/etc/ssl/company.pem"),
        ("HOME", "/home/runner"),
    ],
)
def test_how_a_machine_reaches_packages_counts(name: str, value: str, tmp_path: Path) -> None:
    """A mirror, a proxy, a certificate: installers hear of all of them."""
    assert clean({name: value}, tmp_path)[name] == value


@pytest.mark.parametrize(
    "name",
    [
        *("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_CONSTRAINT", "PIP_EDITABLE", "PIP_PYTHON"),
        *(
            "UV_PYTHON",
            "UV_TARGET",
            "UV_PROJECT",
            "UV_SYSTEM_PYTHON",
            "UV_CONSTRAINT",
            "UV_NO_BINARY",
        ),
        *("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "CONDA_PREFIX"),
    ],
)
def test_what_would_lead_an_installation_elsewhere_does_not_count(
    name: str, tmp_path: Path
) -> None:
    """Where and what to install is the action's to say."""
    assert name not in clean({name: "/somewhere"}, tmp_path)


@pytest.mark.parametrize("name", ["PIP_USER", "PIP_REQUIRE_VIRTUALENV", "PIP_DRY_RUN"])
def test_pip_settings_that_forbid_a_target_are_turned_off(name: str, tmp_path: Path) -> None:
    """They may also stand in a configuration file, which the environment overrules."""
    assert clean({name: "1"}, tmp_path)[name] == "0"


@pytest.mark.parametrize("name", ["PIP_CONFIG_FILE", "UV_CONFIG_FILE", "XDG_DATA_DIRS", "HOME"])
@pytest.mark.parametrize("value", ["{workspace}/file", "{workspace}", "file", "{link}/file"])
def test_settings_out_of_the_checkout_do_not_count(name: str, value: str, tmp_path: Path) -> None:
    """Neither by an absolute or relative path nor by a link."""
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    (tmp_path / "link").symlink_to(workspace)
    value = value.format(workspace=workspace, link=tmp_path / "link")
    environ = {"GITHUB_WORKSPACE": str(workspace), name: value}

    assert name not in clean(environ, tmp_path)


@pytest.mark.parametrize("name", ["PATH", "LD_LIBRARY_PATH"])
def test_installers_find_nothing_in_the_checkout(name: str, tmp_path: Path) -> None:
    """They may look for git or a keyring, and their Python for its libraries."""
    entries = [str(tmp_path / "workspace" / "bin"), "bin", "", "/usr/bin"]
    environ = {"GITHUB_WORKSPACE": str(tmp_path / "workspace"), name: os.pathsep.join(entries)}

    assert clean(environ, tmp_path)[name] == "/usr/bin"


@pytest.mark.parametrize("name", ["UV_CACHE_DIR", "PIP_CACHE_DIR", "LD_PRELOAD", "BASH_ENV"])
def test_nothing_that_other_jobs_have_written_counts(name: str, tmp_path: Path) -> None:
    """An installer's cache is the scratch folder's, and it loads nothing that a variable names."""
    assert clean({name: "/var/cache"}, tmp_path).get(name) in (None, str(tmp_path / "cache"))


def test_the_lock_is_split_at_packages() -> None:
    """Two installers get all of it between them, each package with its hashes."""
    large = "pydantic-core==2 \\\n    --hash=y \\\n    --hash=z\n    # via a\n"
    lock = f"# note\na==1 \\\n    --hash=x\n{large}pydantic==3\n"

    assert split(lock, 1) == [lock]
    assert split(lock, 2) == [large, "# note\na==1 \\\n    --hash=x\npydantic==3\n"]


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (
            "Looking in links: x\nWARNING: y\nERROR: no a\nERROR: no b\n\n[notice] new",
            "ERROR: no a ERROR: no b",
        ),
        ("Resolved\nerror: failed\n  cause: dns\n", "error: failed cause: dns"),
        ("  × No solution\n  ╰─▶ Because a\n", "× No solution ╰─▶ Because a"),  # noqa: RUF001 - as uv prints it
        ("", ""),
    ],
)
def test_the_reason_is_picked_out_of_the_output(output: str, message: str) -> None:
    """Warnings and advertisements are left out."""
    assert tail(output) == message
