"""``bellgate ca``: the school's certificate authority, shown, exported, kept safe."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from appliance.authority import export as forms
from appliance.authority import files
from appliance.cli import sources
from appliance.cli.errors import InputError
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_fields, print_json
from appliance.cli.places import Places


@click.group("ca")
def ca_command() -> None:
    """Show, export and safeguard the certificate that devices install.

    The root signs for an intermediate that is limited to the sites that can be steered.
    The root's key can be taken off this machine; enforcement goes on without it.
    """


@ca_command.command("show")
@data_option
@json_option
def show(data: Path, as_json: bool) -> None:
    """Show the fingerprint, how long it holds, and for which sites it may sign."""
    places = Places(data)
    root = _certificates(places.authority / files.ROOT)[0]
    intermediate = _certificates(places.authority / files.INTERMEDIATE)[0]
    key_here = (places.authority / files.ROOT_KEY).exists()
    sites = _sites(intermediate)
    fields = {
        "fingerprint": forms.fingerprint(root), "name": root.subject.rfc4514_string(),
        "valid_until": root.not_valid_after_utc,
        "intermediate_valid_until": intermediate.not_valid_after_utc,
        "root_key_here": key_here, "sites": sites,
        "file": str(places.authority / files.ROOT),
    }  # fmt: skip
    if as_json:
        print_json(fields)
        return
    print("Compare this fingerprint (SHA-256) with the one that the device shows:")
    print()
    print(f"  {fields['fingerprint']}")
    print()
    print_fields(
        [
            ("name", root.subject.rfc4514_string()),
            ("valid until", f"{root.not_valid_after_utc:%Y-%m-%d}"),
            ("intermediate until", f"{intermediate.not_valid_after_utc:%Y-%m-%d}"),
            ("root key", "on this machine (`bellgate ca take-root FILE` takes it off)"
             if key_here else "not on this machine"),
            ("may sign for", f"{len(sites)} sites and their subdomains, and for nothing else"),
            ("file", str(fields["file"])),
        ]
    )  # fmt: skip


@ca_command.command("export")
@data_option
@click.option("--format", "form", type=click.Choice(["pem", "der", "mobileconfig"]),
              default="pem", show_default=True, help="pem: Linux, ChromeOS, Firefox. der: Windows, "
              "Android. mobileconfig: iPhone, iPad, Mac.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write to a file instead of standard output.")  # fmt: skip
def export(data: Path, form: str, output: Path | None) -> None:
    """Print the root certificate in the form that a kind of device takes."""
    root = _certificates(Places(data).authority / files.ROOT)[0]
    if form == "mobileconfig":
        snapshot = sources.enforced(data)
        name = snapshot.contents.school.name if snapshot else "School"
        made = forms.mobileconfig(root, name)
    else:
        made = forms.pem(root) if form == "pem" else forms.der(root)
    if output is None:
        sys.stdout.buffer.write(made)
        sys.stdout.buffer.flush()
    else:
        output.write_bytes(made)
        print(f"Written to {output}.", file=sys.stderr)


@ca_command.command("take-root")
@data_option
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def take_root(data: Path, file: Path) -> None:
    """Move the root's key from this machine to FILE (such as on a USB stick).

    FILE must not exist. It is written and read back before the key here is removed. The
    gate goes on without it; it is needed again when the policy names new sites, or
    when the intermediate is renewed: `bellgate ca return-root FILE`.
    """
    key = Places(data).authority / files.ROOT_KEY
    _move_key(key, file, absent="the root's key is not on this machine")
    print(f"The root's key is in {file} now, and no longer here. Keep it safe, and offline.")


@ca_command.command("return-root")
@data_option
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
def return_root(data: Path, file: Path) -> None:
    """Copy the root's key from FILE back to this machine. FILE stays as it is."""
    directory = Places(data).authority
    root = _certificates(directory / files.ROOT)[0]
    try:
        key = files.read_key(file)
    except (files.AuthorityError, UnsupportedAlgorithm) as error:
        if isinstance(error.__cause__, OSError):
            raise InputError(str(error)) from error
        raise InputError(
            f"{file}: holds no private key of ours; give the file that `bellgate ca take-root` "
            "wrote"
        ) from error
    if key.public_key() != root.public_key():
        raise InputError(f"{file}: is not the key of {directory / files.ROOT}")
    files.write(directory / files.ROOT_KEY, file.read_bytes(), mode=0o600)
    print("The root's key is on this machine again.")


def _move_key(key: Path, file: Path, *, absent: str) -> None:
    try:
        held = key.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"{key}: {absent}") from error
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise InputError(f"{file}: exists already, and is not overwritten") from error
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(held)
        stream.flush()
        os.fsync(stream.fileno())
    if file.read_bytes() != held:
        raise InputError(f"{file}: reads back otherwise than it was written; the key stays here")
    key.unlink()


def _certificates(path: Path) -> list[x509.Certificate]:
    try:
        return files.read_certificates(path)
    except files.AuthorityError as error:
        raise InputError(f"{error} (it is made by the first `bellgate up`)") from error


def _sites(intermediate: x509.Certificate) -> list[str]:
    from appliance.authority.certificates import suffixes_of

    return sorted(suffixes_of(intermediate))
