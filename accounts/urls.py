"""Pages of the house."""

from __future__ import annotations

from django.urls import path

from accounts import views

urlpatterns = [
    path("doors/", views.home, name="doors"),
    path("setup/", views.set_up, name="set_up"),
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", views.logout, name="logout"),
    path("password/", views.change_password, name="password"),
    path("workspaces/", views.workspaces, name="workspaces"),
    path("workspaces/<slug:slug>/enter/", views.choose_workspace, name="choose_workspace"),
]
