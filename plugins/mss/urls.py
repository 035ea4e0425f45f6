"""Pages of the plugin, served under ``/plugins/mss/``: those of each slice."""

from django.urls import path

from plugins.mss.receiving import views as receiving

app_name = "mss"
urlpatterns = [
    path("recus/", receiving.inbound, name="inbound"),
    path("recus/<int:mail_id>/", receiving.inbound_mail, name="inbound_mail"),
]
