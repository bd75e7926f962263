"""The addresses of the screens about feeds; feeds themselves are outside of the admin."""

from django.urls import path

from wagtail_ecp.admin import subscribing, subscription_lists

urlpatterns = [
    path("", subscription_lists.everybodys, name="subscriptions"),
    path("<slug:kind>/<int:number>/", subscribing.subscribe, name="subscribe"),
    path("<int:subscription_id>/end/", subscribing.revoke, name="revoke_subscription"),
    path("<int:subscription_id>/renew/", subscribing.renew, name="renew_subscription"),
]
