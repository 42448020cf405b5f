"""What to do about what a self-test finds, in words for a technician."""

from __future__ import annotations

from typing import Final

STATUS: Final = "Run `bellgate status` at the console, or look at the home page; red comes first."
DNS_DOWN: Final = (
    "DNS is down: no device finds any name. Look at what the gate's own screen says of `dns`, and "
    "start the gate again."
)
PROXY_DOWN: Final = (
    "The proxy is down: sites that are closed show no page, and sites that the bell opens cannot "
    "be reached. Look at what the gate's own screen says of `proxy`, and start the gate again."
)
LEAK: Final = (
    "A device on this network gets past the policy now. Start the gate again; if it stays so, keep "
    "`bellgate status --json` and the log of DNS and proxy for whoever looks after Bellgate."
)
OVERBLOCK: Final = (
    "Something that should be open is closed. Ask why at Why? (or `bellgate explain`), with the "
    "site and an address of this network."
)
CERTIFICATE: Final = (
    "The proxy did not show its page with the school's certificate. Look at Certificate, and run "
    "`bellgate ca show`."
)
NO_INTERNET: Final = (
    "See that the resolver behind the gate answers, that it is the right one (`bellgate up "
    "--upstream`), and that the line to the internet is up."
)
OLD: Final = (
    "What was changed last is not in force everywhere. See in `bellgate status` that the core "
    "publishes; start the gate again if it does."
)
STAND_IN: Final = (
    "Run the self-test as the user that the gate runs as, on the machine it runs on, and start the "
    "gate again if its key (run/stand-in.key) is missing or may be read by others."
)
SAFE_SEARCH: Final = (
    "The engine is reached without its lock. See that the name of its locked twin is known to the "
    "resolver behind the gate, and start the gate again."
)
SAFE_POLICY: Final = (
    "The policy leaves safe search off for this role. Look at safe_search in the policy's text; "
    "without a line there it is on, and locked."
)
FILTER: Final = (
    "Ask whoever runs the accredited filter at once: until it answers, nothing blocks the illegal "
    "lists (IWF, CTIRU), which only an accredited filter may hold."
)
FILTER_UNSET: Final = (
    "Ask whoever runs the accredited filter for the names of its own test, and set them up under "
    "Lists; then the gate looks every day."
)
NO_NAMES: Final = (
    "Subscribe to a list of each kind (`bellgate lists presets`, or the page Lists), or see why "
    "the one you have is empty or switched off."
)
CANARY: Final = (
    "Browsers may take a resolver of their own and go past this filter. Start the gate again."
)
NETWORKS: Final = "Name the school's networks under Devices, Networks, or `bellgate networks add`."
ROLE: Final = (
    "It is given by devices or people alone. Open the certificate page on such a device: its "
    "self-test says the same things."
)


def opened_by(rule: str, clause: str) -> str:
    """Return what to do where the policy itself opens what must stay closed."""
    named = f"rule {rule}" + (f", clause {clause}" if clause else "")
    return (
        f"The policy itself says so ({named}). See on the page Policy, Versions, who changed it "
        "and why, and put it right there, or go back to the version before."
    )


def closed_by(rule: str, clause: str) -> str:
    """Return what to do where the policy itself closes what must stay open."""
    named = f"rule {rule}" + (f", clause {clause}" if clause else "")
    return f"It is closed by {named}. Look at it on the page Policy, and whether it is meant."
