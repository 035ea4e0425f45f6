"""Pages of the plugin, served under ``/plugins/ins/``: those of each slice."""

from django.urls import path

from plugins.ins.datamatrix import views as datamatrix
from plugins.ins.hl7 import views as hl7
from plugins.ins.insi import views as insi

app_name = "ins"
urlpatterns = [
    path("scan/", datamatrix.scan, name="scan"),
    path("scan/image/", datamatrix.frame, name="frame"),
    path("insi/", insi.insi, name="insi"),
    path("flux/", hl7.flows, name="flows"),
    path("flux/essai/", hl7.flow_try, name="flow_try"),
    path("flux/<int:message_id>/", hl7.flow, name="flow"),
]
