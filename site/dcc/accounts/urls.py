"""Addresses of signing in and of one's own security."""

from django.urls import include, path

from dcc.accounts.psc.views import admissions
from dcc.accounts.views import entrance, own, session

app_name = "accounts"
urlpatterns = [
    path("connexion/", entrance.login, name="login"),
    path("connexion/code/", entrance.code, name="code"),
    path("connexion/courriel/", entrance.mail_code, name="mail_code"),
    path("connexion/mot-de-passe/", entrance.password, name="password"),
    path("connexion/inscription/", entrance.enrol, name="enrol"),
    path("deconnexion/", entrance.logout, name="logout"),
    path("session/", session.state, name="session"),
    path("session/reconnexion/", session.relogin, name="relogin"),
    path("securite/", own.security, name="security"),
    path("securite/mot-de-passe/", own.change_password, name="change_password"),
    path("securite/codes/", own.renew_codes, name="renew_codes"),
    path("securite/application/", own.replace_factor, name="replace_factor"),
    path("securite/sessions/", own.close_sessions, name="close_sessions"),
    path("admissions/", admissions.admissions, name="admissions"),
    path("admissions/<uuid:request_id>/", admissions.decide, name="admission"),
    path("psc/", include("dcc.accounts.psc.urls")),
    path("acces-refuse/", own.refused, name="refused"),
]
