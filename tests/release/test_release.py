"""A release: what it says, the commit that its tag stands on, and how it is published."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from harness.later import put_program
from harness.releases import CHANGES, NAME, PLACEHOLDER, Repository, ScriptFailedError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="releases are made on Linux")
# Signs anything, and knows nobody's signature.
GPG = """\
#!/usr/bin/env bash
case "$*" in
  *--verify*) echo "gpg: Can't check signature: No public key" >&2; exit 1 ;;
esac
cat >/dev/null
printf '%s\\n\\n%s\\n' '-----BEGIN PGP SIGNATURE-----' '-----END PGP SIGNATURE-----'
echo '[GNUPG:] SIG_CREATED D' >&2
"""


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A clone that can be released as 1.0.0."""
    return Repository(tmp_path)


def test_notes_are_what_the_changelog_says(repository: Repository) -> None:
    """The notes are the version's section, without its heading and the sections around it."""
    assert repository.run("notes", "1.0.0") == "- Does this.\n- Does that, with `code`."


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("1.1.0", "CHANGELOG.md says `## 1.1.0, not yet released`; give the version its date"),
        ("2.0.0", "CHANGELOG.md has no heading `## 2.0.0, YYYY-MM-DD`"),
        ("1.0", "CHANGELOG.md has no heading `## 1.0, YYYY-MM-DD`"),
    ],
)
def test_notes_are_refused_without_a_dated_section(
    repository: Repository, version: str, message: str
) -> None:
    """A version that has no date or no section cannot be released."""
    with pytest.raises(ScriptFailedError, match=message):
        repository.run("notes", version)


def test_notes_are_refused_where_nothing_is_said(repository: Repository) -> None:
    """A heading alone is no notes."""
    repository.write("CHANGELOG.md", CHANGES.replace("- Does this.\n- Does that, with `code`.", ""))
    with pytest.raises(ScriptFailedError, match="says nothing below"):
        repository.run("notes", "1.0.0")


def test_a_clone_is_ready_for_the_version_that_it_says(repository: Repository) -> None:
    """With version, notes and owner in place there is nothing to say."""
    assert repository.run("ready", "1.0.0") == ""


@pytest.mark.parametrize("version", ["v1.0.0", "1.0", "1.0.0-rc.1", "01.0.0", "1.0.0;ls", ""])
def test_what_is_no_version_is_refused(repository: Repository, version: str) -> None:
    """Only three numbers make a version, so nothing else ever reaches a tag."""
    with pytest.raises(ScriptFailedError, match="is no version such as"):
        repository.run("ready", version)


def test_a_version_that_the_package_does_not_have_is_refused(repository: Repository) -> None:
    """The tag and `__version__` are one."""
    with pytest.raises(ScriptFailedError, match=r"__init__\.py says 1\.0\.0, not 1\.0\.1"):
        repository.run("ready", "1.0.1")


@pytest.mark.parametrize(
    "line",
    ["steps: [{uses: OWNER/anything@v1}]\n", 'uses: "OWNER/x@v1"\n', f"# of {PLACEHOLDER}\n"],
)
def test_a_workflow_that_leaves_the_owner_open_is_refused(
    repository: Repository, line: str
) -> None:
    """GitHub lets no workflow push a changed workflow, so the build cannot fill this in."""
    repository.write(".github/workflows/called.yml", line)
    with pytest.raises(ScriptFailedError, match=r"called\.yml still says OWNER; run `bash .*"):
        repository.run("ready", "1.0.0")


def test_the_commit_holds_the_tree_byte_for_byte(repository: Repository) -> None:
    """Neither line ends nor what is ignored make a difference, and the source is its parent."""
    (repository.clone / "action.yml").chmod(0o755)
    source = repository.push_main()
    commit = repository.commit()
    held = repository.folder / "held"
    held.mkdir()
    archive = repository.folder / "held.tar"
    # Git's own archive would apply the attributes again, as a checkout does.
    repository.write(".git/info/attributes", "* -text\n")
    repository.git("archive", "--format=tar", f"--output={archive}", commit)
    shutil.unpack_archive(archive, held)
    tree = repository.folder / "tree"
    names = sorted(path.relative_to(tree) for path in tree.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(held) for path in held.rglob("*") if path.is_file())
    assert all((held / name).read_bytes() == (tree / name).read_bytes() for name in names)
    assert repository.git("rev-parse", f"{commit}^") == source
    assert repository.git("ls-tree", commit, "action.yml").startswith("100755")


def test_the_commit_is_the_same_for_whoever_builds_it(
    repository: Repository, tmp_path: Path
) -> None:
    """Another clone, a shallow one and another's settings make no difference."""
    commit = repository.commit()
    other = tmp_path / "other"
    remote = f"file://{tmp_path / 'remote.git'}"
    repository.git("clone", "--quiet", "--depth=1", remote, str(other))
    done = subprocess.run(  # noqa: S603 - git and bash
        ["bash", str(other / ".github/release/commit"), str(repository.folder / "tree"), "1.0.0"],  # noqa: S607 - of the machine
        env={"PATH": "/usr/bin:/bin", "GIT_AUTHOR_NAME": "mona", "TZ": "Asia/Tokyo"},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert done.stdout.strip() == commit


@pytest.mark.parametrize(
    "settings",
    [
        {"log.showSignature": "true"},
        {"i18n.commitEncoding": "latin1", "core.autocrlf": "true", "core.fileMode": "false"},
    ],
    ids=["signatures", "encoding"],
)
def test_nobody_s_settings_make_another_commit(
    repository: Repository, tmp_path: Path, settings: dict[str, str]
) -> None:
    """Whoever merged on GitHub has signed the commit, and git may be set to say so each time."""
    put_program(tmp_path / "programs", "gpg-of-the-test", GPG)
    repository.git("config", "gpg.program", str(tmp_path / "programs" / "gpg-of-the-test"))
    repository.git("commit", "--quiet", "--amend", "--no-edit", "--gpg-sign")
    commit = repository.commit()
    env = {"GIT_CONFIG_COUNT": str(len(settings)), "GIT_DEFAULT_HASH": "sha256"}
    for at, (name, value) in enumerate(settings.items()):
        env |= {f"GIT_CONFIG_KEY_{at}": name, f"GIT_CONFIG_VALUE_{at}": value}
    assert repository.run("commit", str(repository.folder / "tree"), "1.0.0", **env) == commit


def test_the_commit_moves_nothing(repository: Repository) -> None:
    """Whoever checks a release finds the clone as it was."""
    before = repository.git("for-each-ref"), repository.git("rev-parse", "HEAD")
    repository.commit()
    assert (repository.git("for-each-ref"), repository.git("rev-parse", "HEAD")) == before
    assert repository.git("status", "--porcelain") == ""


def test_a_release_has_an_exact_tag_and_moves_the_major_one(repository: Repository) -> None:
    """Both tags stand on the commit; the exact one alone has a release, with notes and the pin."""
    commit = repository.commit()
    repository.publish("1.0.0", commit)
    assert repository.remote_tags() == {"v1.0.0": commit, "v1": commit}
    release = repository.releases / "v1.0.0"
    assert not (repository.releases / "v1").exists()
    assert (release / "isDraft").read_text() == "false\n"
    notes = (release / "notes").read_text()
    assert notes.startswith("- Does this.\n")
    assert f"`uses: {NAME}@{commit} # v1.0.0`" in notes
    assert (release / "assets" / "tree.txt").read_text() == repository.git("ls-tree", "-r", commit)
    assert (repository.releases / "latest").read_text() == "v1.0.0\n"


def release(repository: Repository, version: str) -> str:
    """Make the commit of a version and publish it."""
    repository.write("CHANGELOG.md", f"# Changes\n\n## {version}, 2027-02-01\n\n- More.\n")
    repository.push_main()
    commit = repository.commit(version)
    repository.publish(version, commit)
    return commit


def test_the_major_tag_follows_the_newest_release(repository: Repository) -> None:
    """Numbers count, not letters: 1.10.0 is newer than 1.9.0."""
    release(repository, "1.9.0")
    newest = release(repository, "1.10.0")
    assert repository.remote_tags()["v1"] == newest
    assert (repository.releases / "latest").read_text() == "v1.10.0\n"


def test_a_repair_of_an_older_release_leaves_the_major_tag(repository: Repository) -> None:
    """Who follows v1 is not led back, and the newest release stays the latest."""
    newest = release(repository, "1.10.0")
    repair = release(repository, "1.9.1")
    tags = repository.remote_tags()
    assert tags["v1"] == newest
    assert tags["v1.9.1"] == repair
    assert (repository.releases / "latest").read_text() == "v1.10.0\n"


def test_a_repair_of_an_older_major_version_moves_its_own_tag(repository: Repository) -> None:
    """Each major version has a tag of its own, and only one of them is the latest."""
    release(repository, "1.0.0")
    newest = release(repository, "2.0.0")
    repair = release(repository, "1.0.1")
    tags = repository.remote_tags()
    assert (tags["v1"], tags["v2"]) == (repair, newest)
    assert (repository.releases / "latest").read_text() == "v2.0.0\n"


def test_an_exact_tag_is_never_moved(repository: Repository) -> None:
    """A version that was released from another commit is refused before anything is pushed."""
    first = release(repository, "1.0.0")
    repository.write("action.yml", "name: Another\n")
    repository.push_main()
    with pytest.raises(ScriptFailedError, match=rf"v1\.0\.0 is there already, at {first}; a rel"):
        repository.publish("1.0.0", repository.commit())
    assert repository.remote_tags() == {"v1.0.0": first, "v1": first}


def test_a_release_that_broke_off_goes_on(repository: Repository) -> None:
    """After a failure between tag and release, the same command does what is missing."""
    commit = repository.commit()
    with pytest.raises(ScriptFailedError):
        repository.publish("1.0.0", commit, NO_UPLOADS="1")
    assert repository.remote_tags() == {"v1.0.0": commit}
    repository.publish("1.0.0", commit)
    assert repository.remote_tags() == {"v1.0.0": commit, "v1": commit}
    assert (repository.releases / "v1.0.0" / "isDraft").read_text() == "false\n"


def test_a_release_that_cannot_be_looked_up_is_not_made_twice(repository: Repository) -> None:
    """GitHub takes a second draft of the same tag."""
    commit = repository.commit()
    with pytest.raises(ScriptFailedError, match=r"whether v1\.0\.0 has a release: HTTP 502"):
        repository.publish("1.0.0", commit, NO_VIEW="1")
    assert not (repository.releases / "v1.0.0").exists()


def test_a_published_release_is_not_touched_again(repository: Repository) -> None:
    """Where only the major tag was left to move, that alone is done."""
    commit = repository.commit()
    repository.publish("1.0.0", commit)
    repository.git("push", "--quiet", "origin", ":refs/tags/v1")
    (repository.releases / "log").unlink()
    repository.publish("1.0.0", commit)
    assert repository.remote_tags()["v1"] == commit
    assert (repository.releases / "log").read_text().startswith("gh release view")
    assert len((repository.releases / "log").read_text().splitlines()) == 1


def test_the_major_tag_is_left_where_github_would_refuse_it(repository: Repository) -> None:
    """It may have the commit already: the default branch's workflows have changed since."""
    commit = repository.commit()
    repository.publish("1.0.0", commit)
    repository.git("push", "--quiet", "origin", ":refs/tags/v1")
    repository.write(".github/workflows/called.yml", "# changed meanwhile\n")
    repository.push_main()
    with pytest.raises(ScriptFailedError, match=f"so move v1 to {commit} yourself$"):
        repository.publish("1.0.0", commit)
    repository.git("push", "--quiet", "origin", f"{commit}:refs/tags/v1")
    repository.publish("1.0.0", commit)


def test_a_major_tag_that_is_not_taken_has_its_remedy(
    repository: Repository, tmp_path: Path
) -> None:
    """By then the release is published, and nothing else is left to do."""
    put_program(
        tmp_path / "remote.git" / "hooks", "update", '#!/bin/sh\n[ "$1" != refs/tags/v1 ]\n'
    )
    commit = repository.commit()
    with pytest.raises(ScriptFailedError, match=f"v1 was not taken; .* v1 to {commit} yourself$"):
        repository.publish("1.0.0", commit)
    assert repository.remote_tags() == {"v1.0.0": commit}
    assert (repository.releases / "v1.0.0" / "isDraft").read_text() == "false\n"


def test_nothing_is_pushed_where_the_pin_could_not_be_said(repository: Repository) -> None:
    """By hand, the variable of the runner may be forgotten."""
    with pytest.raises(ScriptFailedError, match="GITHUB_REPOSITORY"):
        repository.publish("1.0.0", repository.commit(), GITHUB_REPOSITORY="")
    assert repository.remote_tags() == {}


def test_workflows_that_are_not_the_default_branch_s_are_refused(repository: Repository) -> None:
    """GitHub would refuse the push, so the reason is said before it."""
    commit = repository.commit()
    repository.write(".github/workflows/called.yml", "# changed meanwhile\n")
    repository.push_main()
    with pytest.raises(ScriptFailedError, match=r"^error: \.github/workflows/called\.yml of the"):
        repository.publish("1.0.0", commit)
    assert repository.remote_tags() == {}
