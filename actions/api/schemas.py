"""What documents look like, for OpenAPI: attributes, relationships, documents and collections of every type."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
WHOLE: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time"}
UUID: Schema = {"type": "string", "format": "uuid"}
EMAIL: Schema = {"type": "string", "format": "email"}
URI: Schema = {"type": "string", "format": "uri-reference"}
COUNTRY: Schema = {"type": "string", "minLength": 2, "maxLength": 2}
NUMBERED: Schema = {"type": "string", "pattern": "^[0-9]+$"}
AMOUNT: Schema = {"oneOf": [NUMBER, {"type": "string", "pattern": "^-?[0-9]+([.][0-9]+)?$"}]}
YES_OR_NO: Schema = {
    "oneOf": [FLAG, {"type": "integer", "enum": [0, 1]}, {"type": "string", "enum": ["0", "1", "true", "false"]}]
}
# Where Acta itself records from; a client may name a source of its own.
APPS = ("api", "import", "admin", "incidents", "cadences", "analytics", "gamification")


def ref(name: str) -> Schema:
    """A component."""
    return {"$ref": f"#/components/schemas/{name}"}


def words(*values: str) -> Schema:
    """One of some words."""
    return {"type": "string", "enum": list(values)}


def maybe(schema: Schema) -> Schema:
    """Or nothing."""
    return {**schema, "nullable": True}


def one_of(schema: Schema) -> Schema:
    """A reference that other words may stand beside."""
    return {"allOf": [schema]}


def thing(required: tuple[str, ...] = (), /, **properties: Schema) -> Schema:
    """An object."""
    made: Schema = {"type": "object", "properties": properties}
    return made | ({"required": list(required)} if required else {})


def many(schema: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": schema}


def resource(type_: str, id: Schema, attributes: Schema, related: Schema, *required: str) -> Schema:
    """A resource object."""
    return thing(
        ("type", "id", *required),
        type=words(type_),
        id=id,
        attributes=attributes,
        relationships=related,
        links=thing(self=ref("Link")),
    )


def sent(type_: str, attributes: Schema, **more: Schema) -> Schema:
    """A document that a client sends."""
    return thing(("data",), data=thing(("type", "attributes"), type=words(type_), attributes=attributes, **more))


LINK_OBJECT = thing(("href",), href=URI, rel=TEXT, title=TEXT, type=TEXT, describedby=TEXT, meta=ref("Meta"))
TO_ONE, TO_MANY = ref("ToOne"), ref("ToMany")
INCLUDED = many(
    {**thing(("type", "id"), type=TEXT, id=TEXT), "additionalProperties": True},
)
PARTY = ref("PartyReference")
PERSON = thing(firstName=TEXT, lastName=TEXT)

ACTION_ATTRIBUTES = thing(
    actionType=TEXT,
    type=TEXT,
    id=UUID,
    title={"type": "string", "maxLength": 255},
    takenAt=TIME,
    createdAt=TIME,
    cancelled=FLAG,
    cancelledAt=maybe(TIME),
    params={**thing(value=NUMBER, points=NUMBER), "additionalProperties": True},
    externalId=maybe(TEXT),
    source={**TEXT, "anyOf": [words(*APPS), TEXT]},
    sourceId=maybe(TEXT),
    points=NUMBER,
    cancelReason=maybe(TEXT),
)
ACTION = {
    **resource("action", UUID, ref("ActionAttributes"), {}, "attributes", "relationships", "links"),
}
ACTION["properties"] |= {
    "relationships": thing(
        ("performer", "referrer"),
        performer=one_of(TO_ONE),
        referrer=one_of(TO_ONE),
        actionType=one_of(TO_ONE),
        team=one_of(TO_ONE),
        transactions=one_of(TO_MANY),
        reverses=one_of(TO_ONE),
        reversedBy=one_of(TO_ONE),
    ),
    "links": thing(("self",), self=ref("Link")),
    "meta": ref("Meta"),
}
ACTION_CREATE = sent(
    "action",
    thing(
        ("title",),
        type=TEXT,
        actionType=TEXT,
        title=TEXT,
        takenAt=TEXT,
        performer=one_of(PARTY),
        referrer=one_of(PARTY),
        params={**thing(value=AMOUNT, points=AMOUNT), "additionalProperties": True},
        externalId=TEXT,
        source=TEXT,
    ),
    id=UUID,
    relationships=thing(performer=TO_ONE, referrer=TO_ONE),
)
ACTION_CANCEL = sent(
    "action",
    {**thing(("cancelled",), cancelled=YES_OR_NO, cancelReason=TEXT), "additionalProperties": False},
    id=TEXT,
)
USER = resource(
    "user",
    NUMBERED,
    thing(
        id=WHOLE,
        email=EMAIL,
        nameDisplay=TEXT,
        referralCode=TEXT,
        countryId=COUNTRY,
        createdAt=TIME,
        active=FLAG,
        activatedAt=maybe(TIME),
        banned=FLAG,
        bannedAt=maybe(TIME),
    ),
    thing(enroller=one_of(TO_ONE), team=one_of(TO_ONE), wallets=one_of(TO_MANY)),
    "attributes",
)
USER_CREATE = sent(
    "user",
    thing(
        ("email", "country"),
        email=EMAIL,
        country=COUNTRY,
        active=YES_OR_NO,
        password={"type": "string", "writeOnly": True},
        referrer=PARTY,
        subject=thing(person=PERSON, company=thing(name=TEXT, representativeSubject=PERSON)),
    ),
)
LOOSE: Schema = {"type": "object"}
WALLET = resource(
    "wallet",
    TEXT,
    thing(currency=TEXT, balanceCurrent=NUMBER, balanceAccounting=NUMBER),
    thing(user=one_of(TO_ONE), transactions=one_of(TO_MANY)),
    "attributes",
)
TRANSACTION = resource(
    "transaction",
    NUMBERED,
    thing(
        id=WHOLE,
        kind=words("add", "sub", "period"),
        type=words("add", "sub", "period"),
        amount=NUMBER,
        currency=TEXT,
        realized=FLAG,
        cancelled=FLAG,
        addedAt=TIME,
        effectiveAt=TIME,
        entry=words("earn", "reverse", "adjust", "redeem", "expire"),
        rule=maybe(TEXT),
        description=TEXT,
    ),
    thing(user=one_of(TO_ONE), wallet=one_of(TO_ONE), action=one_of(TO_ONE), reverses=one_of(TO_ONE)),
    "attributes",
)
TRANSACTION_CREATE = sent(
    "transaction",
    thing(
        ("user", "amount"),
        user=PARTY,
        type=words("add", "sub"),
        kind=words("add", "sub"),
        amount=AMOUNT,
        currency=TEXT,
        realized=YES_OR_NO,
        description=TEXT,
    ),
)
TRANSACTION_UPDATE = sent("transaction", thing(realized=YES_OR_NO, cancelled=YES_OR_NO), id=TEXT)
ACTION_TYPE = resource(
    "actionType",
    TEXT,
    thing(slug=TEXT, name=TEXT, active=FLAG, parameters=many(TEXT), defaultPoints=NUMBER),
    thing(),
)
TEAM = resource("team", TEXT, thing(name=TEXT), thing(members=TO_MANY))
COMPETITION = resource(
    "competition",
    TEXT,
    thing(
        name=TEXT,
        status=words("draft", "open", "closing", "closed"),
        startsAt=TIME,
        endsAt=TIME,
        graceDays=WHOLE,
        currency=TEXT,
        metric=words("points", "count", "value"),
        tiePolicy=words("split", "duplicate", "first"),
    ),
    thing(actionTypes=TO_MANY, teams=TO_MANY),
)
STANDING = resource(
    "standing",
    TEXT,
    thing(
        rank=WHOLE,
        denseRank=WHOLE,
        score=NUMBER,
        actionsCount=WHOLE,
        attainedAt=maybe(TIME),
        previousRank=maybe(WHOLE),
    ),
    thing(subject=TO_ONE),
)
for _part in (WALLET, TRANSACTION, ACTION_TYPE, TEAM, COMPETITION, STANDING):
    _part["properties"]["links"] = LOOSE

RESOURCES = {
    "Action": ACTION,
    "User": USER,
    "Wallet": WALLET,
    "Transaction": TRANSACTION,
    "ActionType": ACTION_TYPE,
    "Team": TEAM,
    "Competition": COMPETITION,
    "Standing": STANDING,
}
SENT = {
    "ActionCreate": ACTION_CREATE,
    "ActionCancel": ACTION_CANCEL,
    "UserCreate": USER_CREATE,
    "TransactionCreate": TRANSACTION_CREATE,
    "TransactionUpdate": TRANSACTION_UPDATE,
}
WITHIN: dict[str, Schema] = {"minimum": 0, **WHOLE}  # type: ignore[dict-item]
PAGINATION = thing(
    ("page", "pages", "count", "size"), page=WITHIN, pages=WITHIN, count=WITHIN, size=WITHIN, atLeast=FLAG
)
EITHER_LINK = {"oneOf": [URI, LINK_OBJECT]}
PAGE_LINKS = thing(
    ("self",), self=ref("Link"), **{name: ref("NullableLink") for name in ("first", "last", "prev", "next")}
)
SHAPES: dict[str, Schema] = {
    "Link": EITHER_LINK,
    "NullableLink": maybe(EITHER_LINK),
    "Meta": {"type": "object", "additionalProperties": True},
    "Jsonapi": thing(version=words("1.1"), ext=many(TEXT), profile=many(TEXT), meta=ref("Meta")),
    "ResourceIdentifier": {
        **thing(("type", "id"), type=TEXT, id=TEXT, meta=ref("Meta")),
        "additionalProperties": False,
    },
    "ToOne": thing(
        data=maybe(one_of(ref("ResourceIdentifier"))),
        links=thing(self=ref("Link"), related=ref("Link")),
        meta=ref("Meta"),
    ),
    "ToMany": thing(
        data=many(ref("ResourceIdentifier")),
        links=thing(
            self=ref("Link"),
            related=ref("Link"),
            **{name: ref("NullableLink") for name in ("first", "last", "prev", "next")},
        ),
        meta=ref("Meta"),
    ),
    "PageLinks": PAGE_LINKS,
    "PageMeta": thing(("pagination",), pagination=PAGINATION),
    "Error": {
        **thing(
            ("status", "code", "title"),
            id=TEXT,
            links=thing(about=ref("Link"), type=ref("Link")),
            status={"type": "string", "pattern": "^[1-5][0-9]{2}$"},
            code=TEXT,
            title=TEXT,
            detail=TEXT,
            source={**thing(pointer=TEXT, parameter=TEXT, header=TEXT), "minProperties": 1, "maxProperties": 1},
            meta=ref("Meta"),
        ),
        "additionalProperties": False,
    },
    "ErrorDocument": thing(
        ("errors",), errors={**many(ref("Error")), "minItems": 1}, jsonapi=ref("Jsonapi"), meta=ref("Meta"), links=LOOSE
    ),
    "PartyReference": {
        **thing(email=EMAIL, referralCode=TEXT, id={"oneOf": [WHOLE, TEXT]}),
        "minProperties": 1,
        "maxProperties": 1,
    },
    "ActionAttributes": ACTION_ATTRIBUTES,
    "RelationshipDocument": thing(
        ("data", "links"),
        data={"nullable": True, "oneOf": [ref("ResourceIdentifier"), many(ref("ResourceIdentifier"))]},
        links=LOOSE,
        jsonapi=ref("Jsonapi"),
        meta=ref("Meta"),
    ),
    "TokenRequest": thing(
        ("grant_type", "client_id", "client_secret"),
        grant_type=words("client_credentials"),
        client_id=TEXT,
        client_secret=TEXT,
    ),
    "Token": thing(
        ("token_type", "expires_in", "access_token"), token_type=words("Bearer"), expires_in=WHOLE, access_token=TEXT
    ),
    "TokenError": thing(
        ("error", "message"),
        error=words("invalid_client", "invalid_request", "unsupported_grant_type", "invalid_scope"),
        message=TEXT,
    ),
}


def documents() -> dict[str, Schema]:
    """A document and a collection for every type of resource."""
    found: dict[str, Schema] = {}
    for name in RESOURCES:
        facts = {"included": INCLUDED, "jsonapi": ref("Jsonapi")}
        one = thing(("data", "links"), data=ref(name), links=thing(self=ref("Link")), meta=ref("Meta"), **facts)
        collection = thing(
            ("data", "links", "meta"), data=many(ref(name)), links=ref("PageLinks"), meta=ref("PageMeta"), **facts
        )
        found |= {f"{name}Document": one, f"{name}Collection": collection}
    # What an action or a user points to may be nobody.
    for name in ("User", "Team"):
        some = found[f"{name}Document"]
        found[f"Maybe{name}Document"] = {**some, "properties": some["properties"] | {"data": maybe(one_of(ref(name)))}}
    return found


COMPONENTS: dict[str, Schema] = SHAPES | RESOURCES | SENT | documents()
