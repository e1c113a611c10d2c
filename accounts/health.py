"""What operators ask: does the process answer, and is everything behind it ready."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult, get_date_max

from accounts import due
from accounts.clock import real_now
from accounts.models import Heartbeat, Message

ALIVE_FOR = timedelta(seconds=30)
PATIENCE = timedelta(minutes=5)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Each look says `ok` or what is wrong; what was not reached is left out."""
    found: dict[str, str] = {}
    for name, look in LOOKS.items():
        found[name] = look() or "ok"
        if found[name] != "ok":
            break
    ready = all(state == "ok" for state in found.values())
    return JsonResponse({"ready": ready, **found}, status=200 if ready else 503)


def look_at_database() -> str:
    """Empty when it answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "It does not answer; the setting DATABASE_URL names it."
    return ""


@cache
def needed() -> frozenset[tuple[str, str]]:
    """The migrations this code expects to be applied."""
    return frozenset(MigrationLoader(None).graph.nodes)


def look_at_migrations() -> str:
    """Empty when all are applied."""
    missing = needed() - MigrationRecorder(connection).applied_migrations().keys()
    return f"{len(missing)} are not applied; run `manage.py migrate`." if missing else ""


def look_at_queue() -> str:
    """Empty when a worker is alive and nothing waits for long."""
    now = real_now()
    if not Heartbeat.objects.filter(name__startswith="worker:", beat_at__gte=now - ALIVE_FOR).exists():
        return "No worker is alive; `manage.py serve` starts one, and so does `manage.py worker`."
    if Message.objects.due(now).filter(due_at__lt=now - PATIENCE).exists():
        return f"Webhooks or mail wait for more than {PATIENCE.seconds // 60} minutes; the worker cannot keep up."
    if is_late_in_redis() if settings.REDIS_URL else is_late_in_tables():
        return f"Tasks wait for more than {PATIENCE.seconds // 60} minutes; the worker is stuck or has too much to do."
    return ""


def is_late_in_tables() -> bool:
    """Whether a task that could run waits for too long."""
    limit = real_now() - PATIENCE
    due = Q(run_after=get_date_max()) | Q(run_after__lt=limit)
    return DBTaskResult.objects.ready().filter(due, enqueued_at__lt=limit).exists()


def is_late_in_redis() -> bool:
    """The same where tasks are kept in Redis."""
    import django_rq

    for name in settings.RQ_QUEUES:
        first = django_rq.get_queue(name).get_jobs(0, 1)
        if first and first[0].enqueued_at and first[0].enqueued_at < real_now() - PATIENCE:
            return True
    return False


def look_at_schedule() -> str:
    """Empty when what fell due is done, tried at least, and every clock on its way moves."""
    late = due.is_late(real_now())
    minutes = due.PATIENCE.seconds // 60
    return (
        f"Scheduled work is more than {minutes} minutes late; the worker is stuck or has too much to do."
        if late
        else ""
    )


LOOKS: dict[str, Callable[[], str]] = {
    "database": look_at_database,
    "migrations": look_at_migrations,
    "queue": look_at_queue,
    "schedule": look_at_schedule,
}
