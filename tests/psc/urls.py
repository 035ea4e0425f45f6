"""The platform with the pages of the demonstration plugin."""

from django.urls import include, path

from dcc.urls import urlpatterns as _of_the_platform

urlpatterns = [path("plugins/demo/", include("tests.demo_plugin.urls")), *_of_the_platform]
