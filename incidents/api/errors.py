"""The envelope of every refusal, as OpenAPI describes it."""

from __future__ import annotations

from rest_framework import serializers

from accounts.api.serializers import Body, Whole

_TYPES = """
    invalid_request_error authentication_error resource_forbidden not_found not_acceptable method_not_allowed
    request_timeout conflict precondition_failed payload_too_large validation_error too_many_requests api_error
    rate_limit_reached client_timeout
"""
TYPES = _TYPES.split()


class ErrorSourceSerializer(Body):
    """Where an error lies."""

    field = serializers.CharField()
    pointer = serializers.CharField()


class ErrorSingleSerializer(Body):
    """One error."""

    code = serializers.CharField()
    message = serializers.CharField()
    metadata = serializers.DictField(child=serializers.CharField(), required=False)
    source = ErrorSourceSerializer(required=False)  # type: ignore[assignment]


class ErrorRateLimitSerializer(Body):
    """The limit that was hit."""

    name = serializers.CharField()
    limit = Whole()
    remaining = Whole()
    retry_after = serializers.CharField()


class ErrorResponseSerializer(Body):
    """Every 4xx and 5xx."""

    type = serializers.ChoiceField(TYPES)
    status = Whole()
    request_id = serializers.CharField()
    errors = ErrorSingleSerializer(many=True)  # type: ignore[assignment]
    rate_limit = ErrorRateLimitSerializer(required=False)
