"""A school's policy as a file: read, checked, put into plain English, built into contents."""

from appliance.policy_file.load import EXAMPLE, TEMPLATES, load, template, template_text
from appliance.policy_file.mistakes import Mistake, PolicyFileError
from appliance.policy_file.schema import PolicyDocument

__all__ = [
    "EXAMPLE",
    "TEMPLATES",
    "Mistake",
    "PolicyDocument",
    "PolicyFileError",
    "load",
    "template",
    "template_text",
]
