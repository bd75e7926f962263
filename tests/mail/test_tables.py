"""Tables of members' letters, in HTML and as text in columns."""

from wagtail_ecp.mail.plaintext import html_to_text
from wagtail_ecp.mail.tables import Table, as_html, with_aligned_tables

PRICES = Table((("Item", "Price"), ("Cup", "4.50"), ("Tea pot", "12")), has_head=True)


def test_a_table_is_html_that_mail_programs_show_as_one():
    html = as_html(PRICES)

    assert html.startswith('<table border="1"')
    assert "<th" in html
    assert ">Tea pot</td>" in html


def test_what_stands_in_cells_is_text_and_no_markup():
    html = as_html(Table((("<b>", "a\nb"),)))

    assert "&lt;b&gt;" in html
    assert "a<br>b" in html


def test_text_has_the_columns_below_each_other():
    text = html_to_text(
        with_aligned_tables(f"<p>Ours:</p>{as_html(PRICES)}<p>Yes?</p>")
    )

    assert text == (
        "Ours:\n\nItem     Price\n-------  -----\nCup      4.50\nTea pot  12\n\nYes?"
    )


def test_wide_characters_take_two_places():
    text = html_to_text(with_aligned_tables(as_html(Table((("茶", "1"), ("ab", "2"))))))

    assert text == "茶  1\nab  2"


def test_lines_of_uneven_length_and_long_cells_stay_readable():
    table = Table((("a",), ("b", "c"), ("x" * 100, "d")))

    text = html_to_text(with_aligned_tables(as_html(table)))

    lines = text.splitlines()
    assert lines[0] == "a"
    assert lines[1] == f"b{' ' * 39}  c"
    assert lines[2] == f"{'x' * 100}  d"


def test_tables_that_lay_out_a_page_are_left_alone():
    html = "<table><tr><td><table><tr><td>a</td></tr></table></td></tr></table>"

    assert with_aligned_tables(html).count("<table>") == 2
