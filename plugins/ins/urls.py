"""Pages of the plugin, served under ``/plugins/ins/``: those of each slice."""

from django.urls import path

from plugins.ins.datamatrix import views as datamatrix

app_name = "ins"
urlpatterns = [
    path("scan/", datamatrix.scan, name="scan"),
    path("scan/image/", datamatrix.frame, name="frame"),
]
