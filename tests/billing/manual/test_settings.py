"""Levels and terms that make no sense are named at the start."""

import pytest

from wagtail_ecp.checks import check_installation

ISSUER = {"issuer": {"name": "X"}}


def found(set_up, **values):
    set_up(**values)
    return [message.id for message in check_installation()]


@pytest.mark.parametrize(
    "level",
    [{"prize": 1}, {"price": "much"}, {"price": -1}, {"allows": ["mail"]}],
)
def test_a_level_without_sense(set_up, level):
    assert "wagtail_ecp.E012" in found(set_up, SERVICE_LEVELS={"a": level})


@pytest.mark.parametrize(
    "terms",
    [
        {"tax": 1},
        {"tax_rate": 101},
        {"tax_rate": "a lot"},
        {"issuer": {"nom": "X"}},
        {"font": "/nowhere.ttf"},
    ],
)
def test_terms_without_sense(set_up, terms):
    assert "wagtail_ecp.E013" in found(set_up, BILLING=terms)


def test_a_price_needs_somebody_who_writes_the_invoice(set_up):
    assert found(set_up, BILLING={}) == ["wagtail_ecp.E014"]
    assert found(set_up, BILLING=ISSUER) == []
    assert found(set_up, BILLING={}, SERVICE_LEVELS={}) == []


def test_a_provider_that_can_t_be_loaded(set_up):
    assert "wagtail_ecp.E010" in found(set_up, BILLING_PROVIDER="no.such.Provider")
