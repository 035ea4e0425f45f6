"""Addresses of what the region put in the admin."""

from django.urls import path

from dcc.cms import views

app_name = "cms"
urlpatterns = [path("region/logo", views.logo, name="logo")]
