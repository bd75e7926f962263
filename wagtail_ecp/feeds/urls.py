"""The addresses of feeds, below wherever the site has ours."""

from django.urls import path

from wagtail_ecp.feeds import views

urlpatterns = [path("<str:token>/", views.feed, name="feed")]
