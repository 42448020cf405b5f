"""``bellgate run core|dns|proxy|web``: one process each, as the supervisor starts them."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

import click

from appliance.cli.addresses import Endpoint, endpoint
from appliance.cli.errors import InputError
from appliance.cli.options import data_option
from appliance.cli.parent import die_with_parent


class _At(click.ParamType[Endpoint]):
    """``ADDR:PORT``."""

    name = "addr:port"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Endpoint:
        return endpoint(str(value), 53, param.opts[0] if param else "")


AT = _At()
parent_option = click.option("--parent", type=int, help="End when this process is no longer ours.")


@click.group("run", hidden=True)
def run_command() -> None:
    """Run one part of the gate in the foreground (`bellgate up` runs them all)."""
    logging.basicConfig(
        level=os.environ.get("BELLGATE_LOG", "WARNING"), stream=sys.stderr, format="%(message)s"
    )


@run_command.command("core")
@data_option
@parent_option
def core(data: Path, parent: int | None) -> None:
    """Publish what changed in the store, and take the spool into it."""
    die_with_parent(parent)
    from appliance.cli.core import serve

    serve(data, _until_told())


@run_command.command("dns")
@data_option
@click.option("--listen", type=AT, multiple=True, required=True)
@click.option("--upstream", type=AT, multiple=True)
@click.option("--gateway", is_flag=True, help="Tell the firewall's door what is answered.")
@parent_option
def dns(
    data: Path, listen: tuple[Endpoint, ...], upstream: tuple[Endpoint, ...], gateway: bool,
    parent: int | None,
) -> None:  # fmt: skip
    """Run one DNS worker; several may share the same ports."""
    die_with_parent(parent)
    from appliance.dns.server import serve
    from appliance.dns.settings import DnsSettings

    serve(DnsSettings(data=data, listen=listen, upstreams=upstream, gateway=gateway))


@run_command.command("proxy")
@data_option
@click.option("--http", type=AT, multiple=True, help="Steered HTTP.")
@click.option("--https", type=AT, multiple=True, help="Steered HTTPS.")
@click.option("--explicit", type=AT, multiple=True, help="Explicit proxy.")
@click.option("--upstream", type=AT, multiple=True)
@click.option("--upstream-ca", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@parent_option
def proxy(
    data: Path, http: tuple[Endpoint, ...], https: tuple[Endpoint, ...],
    explicit: tuple[Endpoint, ...], upstream: tuple[Endpoint, ...], upstream_ca: Path | None,
    parent: int | None,
) -> None:  # fmt: skip
    """Run the proxy on its steered and explicit ports."""
    die_with_parent(parent)
    from appliance.authority.files import AuthorityError
    from proxy_addons.run import serve
    from proxy_addons.settings import ProxySettings

    own = {host for host, _ in (*http, *https, *explicit)}
    settings = ProxySettings(
        data=data, steered_http=http, steered_https=https, explicit=explicit,
        upstreams=upstream, upstream_ca=upstream_ca, own_addresses=tuple(sorted(own)),
    )  # fmt: skip
    try:
        serve(settings)
    except AuthorityError as error:
        raise InputError(str(error)) from error


@run_command.command("web")
@data_option
@click.option("--listen", type=AT, multiple=True, required=True)
@click.option("--explicit", type=AT, help="The explicit proxy that the PAC file names.")
@click.option("--tls", is_flag=True, help="Serve HTTPS by the school's certificate authority.")
@click.option("--name", multiple=True, help="A name or address that people open it by (TLS).")
@click.option("--manage", multiple=True, help="A prefix from which every post's pages open.")
@parent_option
def web(
    data: Path, listen: tuple[Endpoint, ...], explicit: Endpoint | None, tls: bool,
    name: tuple[str, ...], manage: tuple[str, ...], parent: int | None,
) -> None:  # fmt: skip
    """Run the admin UI."""
    die_with_parent(parent)
    from admin_ui.serve import serve
    from admin_ui.settings import WebSettings
    from appliance.authority.files import AuthorityError
    from appliance.cli.web_certificate import own_tls

    signal.signal(signal.SIGTERM, _leave)
    made = own_tls(data, listen[0][0], name) if tls else None
    settings = WebSettings(
        data=data, listen=listen[0], also=listen[1:], proxy=explicit, tls=made, manage=manage
    )
    try:
        serve(settings)
    except AuthorityError as error:
        raise InputError(str(error)) from error


@run_command.command("radius")
@data_option
@click.option("--listen", type=AT, multiple=True, required=True)
@parent_option
def radius(data: Path, listen: tuple[Endpoint, ...], parent: int | None) -> None:
    """Hear from the Wi-Fi who is on which device (RADIUS accounting)."""
    die_with_parent(parent)
    from appliance.cli.radius_serving import serve

    serve(data, listen, _until_told())


@run_command.command("dhcp")
@data_option
@click.option("--uplink", default="", help="The interface on which nobody is served.")
@parent_option
def dhcp(data: Path, uplink: str, parent: int | None) -> None:
    """Hand out addresses where the school says so, by dnsmasq."""
    die_with_parent(parent)
    from appliance.cli.handing_out import serve

    serve(data, uplink, _until_told())


@run_command.command("door")
@data_option
@click.option("--listen", multiple=True, required=True, help="An address of ours to lead to.")
@click.option("--uplink", required=True)
@click.option("--shared-uplink", is_flag=True)
@click.option("--manage", multiple=True)
@click.option("--no-nat", is_flag=True)
@click.option("--dns", type=int, required=True)
@click.option("--http", type=int, required=True)
@click.option("--https", type=int, required=True)
@click.option("--explicit", type=int, required=True)
@click.option("--web", type=int, required=True)
@click.option("--radius", type=int, default=0)
@click.option("--dhcp", is_flag=True, help="Addresses are handed out here.")
@click.option("--memory", type=int, help="An open file to keep what was answered in.")
@parent_option
def door(
    data: Path, listen: tuple[str, ...], uplink: str, shared_uplink: bool,
    manage: tuple[str, ...], no_nat: bool, dns: int, http: int, https: int, explicit: int,
    web: int, radius: int, dhcp: bool, memory: int | None, parent: int | None,
) -> None:  # fmt: skip
    """Carry the firewall's rules into the kernel and keep them there."""
    die_with_parent(parent)
    from appliance.firewall.door.serving import serve
    from appliance.firewall.door.settings import DoorSettings
    from appliance.firewall.settings import Gateway

    gateway = Gateway(
        dns=dns, http=http, https=https, explicit=explicit, web=web, radius=radius, dhcp=dhcp,
        uplink=uplink, listen=listen, shared_uplink=shared_uplink, masquerade=not no_nat,
        manage=manage,
    )  # fmt: skip
    serve(DoorSettings(data, gateway, memory), _until_told())


def _until_told() -> threading.Event:
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return stopping


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
