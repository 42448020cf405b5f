"""What to do on each platform, for school-owned devices. Words of the platforms' own menus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Platform:
    """form: the download that it takes. many: by device management. one: on a single device."""

    id: str
    name: str
    form: str
    many: tuple[str, ...]
    one: tuple[str, ...]
    note: str = ""


PLATFORMS: Final = (
    Platform(
        "windows", "Windows", "der",
        ("Intune: Devices, Configuration, Create, Windows 10 and later, Templates, Trusted "
         "certificate. Choose the file, store “Computer certificate store - Root”, and assign it "
         "to the school’s devices.",
         "Group policy: Computer Configuration, Policies, Windows Settings, Security Settings, "
         "Public Key Policies, Trusted Root Certification Authorities; right-click, Import."),
        ("Open the file, choose Install Certificate, Local Machine, then “Place all certificates "
         "in the following store”: Trusted Root Certification Authorities.",),
        "Edge and Chrome use the certificates of Windows. For Firefox see below.",
    ),
    Platform(
        "mac", "Mac", "mobileconfig",
        ("Upload the profile to your device management (Jamf, Mosyle, Intune: Templates, Trusted "
         "certificate) and assign it to the school’s Macs. It is then trusted at once.",),
        ("Open the profile, then System Settings, General, Device Management: install it.",
         "Open Keychain Access, System, find the certificate, open Trust, and choose “Always "
         "Trust”."),
    ),
    Platform(
        "ios", "iPhone and iPad", "mobileconfig",
        ("Upload the profile to your device management and assign it to the school’s devices. It "
         "is then trusted without a question.",),
        ("Open this page in Safari and download the profile.",
         "Settings, “Profile Downloaded”: install it.",
         "Settings, General, About, Certificate Trust Settings: switch full trust on for it. "
         "Without this last step it does nothing."),
    ),
    Platform(
        "chromeos", "Chromebook", "pem",
        ("Admin console: Devices, Networks, Certificates, Add certificate. Choose the "
         "organisational unit, upload the file, and tick “Use this certificate as an HTTPS "
         "certificate authority” for Chromebook.",),
        ("A Chromebook of the school is managed: it gets the certificate from the Admin console, "
         "not by hand.",),
    ),
    Platform(
        "android", "Android", "der",
        ("Device management can install it as a CA certificate on the school’s tablets.",),
        ("Settings, Security, Encryption and credentials, Install a certificate, CA certificate. "
         "The menu’s words differ by maker.",),
        "Chrome believes it. Apps do not: since Android 7 most of them ignore certificates that "
        "people install, so in an app a blocked site simply does not load. That cannot be helped "
        "here.",
    ),
    Platform(
        "firefox", "Firefox", "pem",
        ("Policy: set “Certificates”, “ImportEnterpriseRoots” to true (Group policy, "
         "Intune, or policies.json). Firefox then uses what the computer trusts.",),
        ("Settings, Privacy & Security, Certificates, View Certificates, Authorities, Import. Tick "
         "“Trust this CA to identify websites”.",),
    ),
    Platform(
        "linux", "Linux", "pem",
        ("Copy it by your management (Ansible, Puppet) as below.",),
        ("Debian, Ubuntu: copy it to /usr/local/share/ca-certificates/bellgate.crt and run "
         "update-ca-certificates.",
         "Fedora: copy it to /etc/pki/ca-trust/source/anchors/ and run update-ca-trust.",
         "Chromium keeps a list of its own: Settings, Privacy and security, Security, Manage "
         "certificates, Local certificates, Custom, Trusted certificates: Import."),
    ),
)  # fmt: skip
