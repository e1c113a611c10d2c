"""People who are signed in, and what they do to a page."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from accounts.models import Member
from accounts.rules import create_login

PASSWORD = "correct horse battery staple"


def signed_in(member: Member, *, superuser: bool = False, **facts: Any) -> Client:
    """A browser in which a member is signed in; her workspace is the session's."""
    user = create_login(member, password=PASSWORD, superuser=superuser)
    client = Client(**facts)
    client.force_login(user)
    session = client.session
    session["workspace"] = member.workspace.pk
    session.save()
    return client


def shown(response: Any) -> str:
    """The text of a page that was found."""
    assert response.status_code == 200, f"{response.status_code} {response.headers}"
    return str(response.content.decode())


def told(response: Any) -> list[str]:
    """The messages a person reads after a form was sent."""
    page = shown(response)
    lists = re.findall(r'<ul class="(?:messages|messagelist)".*?</ul>', page, re.DOTALL)
    return [" ".join(text.split()) for text in re.findall(r"<li[^>]*>(.*?)</li>", "".join(lists), re.DOTALL)]
