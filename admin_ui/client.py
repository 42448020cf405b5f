"""The device that a browser asks from, as the gate's faces would take it."""

from __future__ import annotations

from flask import request

from admin_ui.gate import View, gate
from appliance.identity.neighbours import Neighbours
from appliance.identity.sign_ins import SignIns
from appliance.policy.subjects import Client


def in_use(view: View) -> Client:
    """Return the client behind this request: by its address, and its MAC where that is near.

    Fails closed: what nobody knows counts as its network says, or as the strictest role.
    """
    address = request.remote_addr or "::"
    mac = Neighbours().mac_of(address)
    said = SignIns(gate().settings.data / "run").presence(address, mac, view.at)
    return view.snapshot.register.resolve(address, mac, said)
