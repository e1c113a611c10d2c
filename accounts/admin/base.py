"""The base of every ModelAdmin: nothing of another workspace, by no way there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.admin.auditing import Audited
from accounts.admin.buttons import Buttons
from accounts.admin.forms import RuleForm
from accounts.admin.lists import CappedChangeList, CappedPaginator
from accounts.admin.search import found
from accounts.admin.site import HouseSite
from accounts.callers import Caller
from accounts.pages import Roles, Visitor

if TYPE_CHECKING:
    AnyAdmin = admin.ModelAdmin[Any]
else:
    AnyAdmin = admin.ModelAdmin


class WorkspaceAdmin(Audited, Buttons, AnyAdmin):
    """Rows, choices, filters, search and history of the session's workspace, for whoever administers it."""

    # The app's table from member role to its own roles, where its rows differ by role.
    roles: ClassVar[Roles] = {}
    admin_site: HouseSite

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    view_on_site: Any = False
    save_as = False

    def visitor(self, request: HttpRequest) -> Visitor:
        """Who is here."""
        return self.admin_site.visitor(request)

    def caller(self, request: HttpRequest) -> Caller:
        """The same, as querysets ask."""
        return self.visitor(request).caller(self.opts.app_label, self.roles)

    # Rows

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        visible: QuerySet[Any] = rows.visible_to(self.caller(request))
        return visible

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        """Choices of a foreign key: the rows that its own admin shows."""
        return self.admin_site.get_model_admin(db_field.remote_field.model).get_queryset(request)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CappedChangeList]:
        return CappedChangeList

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        return found(queryset, tuple(self.get_search_fields(request)), search_term), False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Only what the side list offers, and its rows' keys: an address is no way to guess a column."""
        first = lookup.partition("__")[0]
        return first in self.filtered(request) and super().lookup_allowed(lookup, value, request)

    def filtered(self, request: HttpRequest) -> set[str]:
        """What a list may be narrowed by."""
        specs = self.get_list_filter(request)
        names = {spec[0] if isinstance(spec, tuple) else getattr(spec, "parameter_name", spec) for spec in specs}
        return {str(name) for name in names} | {"pk", str(self.opts.pk.name)}

    # Rights

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: rows end by rules."""
        return False

    # Forms

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.visitor = self.visitor(request)
        return form

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Related rows are chosen here and edited on their own pages."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        for right in ("add", "change", "delete", "view"):
            if field and hasattr(field.widget, f"can_{right}_related"):
                setattr(field.widget, f"can_{right}_related", False)
        return field

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """A rule has written it already; where there is none, write only what was changed here and now."""
        if not isinstance(form, RuleForm):
            obj.save(update_fields=form.changed_data)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        slug = self.visitor(request).workspace.slug
        if request.method == "POST" and request.POST.get("_workspace", slug) != slug:
            return self.moved_away(request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def moved_away(self, request: HttpRequest) -> HttpResponse:
        """She changed the workspace in another window while this form was open."""
        messages.error(request, f"Nothing was saved: you are in {self.visitor(request).workspace} now.")
        return redirect("admin:index")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        row = context.get("original")
        context["buttons"] = self.offered(request, row) if row else []
        context["workspace_slug"] = self.visitor(request).workspace.slug
        context["show_save_and_continue"] = context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, *args, **kwargs)


class ReadOnlyAdmin(WorkspaceAdmin):
    """Rows that nobody changes by hand, superusers included."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
