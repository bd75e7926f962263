"""What somebody may write to make a feed fail."""

HOSTILE = (
    "",
    " \n\t ",
    "\x00\x01\x1b[31m\x7f",
    "\ud800 and \udfff",
    "\ufffe\uffff\ufdd0",
    "]]><!--",
    "<script>alert(1)</script>",
    "&lt;b&gt; &amp; &nonsense; &#0;",
    "two\r\nlines\vand\x0cmore\u2028",
    "\u202eesrever \u200b\u00ad",
    "Grüße 你好 \U0001f4e8 \U0010ffff",
    "\"quoted\" 'single' \\ back {{ }} {% x %} %(x)s %s {0}",
    "x" * 100_000,
)
