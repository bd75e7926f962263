"""A site that forgot to include our addresses."""

urlpatterns: list[object] = []
