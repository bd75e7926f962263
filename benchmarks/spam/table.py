"""The measured figures as Markdown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import mean

from benchmarks.spam.figures import calibration, ham_error, share_holding, spam_miss
from benchmarks.spam.passes import Pass
from benchmarks.spam.rows import Row
from benchmarks.spam.teaching import needs_mark

Results = Mapping[str, Mapping[str, Sequence[Pass]]]
"""Passes by the row's key and the filter's name."""

NAMES = ("ours", "bogofilter", "SpamAssassin", "rspamd")
CPU_MS = 1.5
MODEL_MB = 1.5
THRESHOLDS = (10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99)
EDGES = (0, 1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 99, 100)
RESAMPLES = 200

NOTES = """\
1-ROCA% is 100 x (1 - area under the ROC curve): the share of pairs of a spam and a wanted
message that are ranked the wrong way round, ties counted half. Smaller is better. Every
filter starts empty; ours without its prior. "Resamples": in how many of 200 random draws
of the messages, with replacement, ours and the peers' alike, the bound holds too.

- bogofilter: its built-in configuration, one process for each step, the score with 16
  digits. Its "unsure" goes to the Inbox. Where only misplaced mail is marked it therefore
  never hears of wanted mail and ranks nothing; so one row marks its "unsure" as well,
  which gives it more marks than ours.
- SpamAssassin: spamd with the local rules of its package, no network; the score is the
  unrounded sum of its rules' points. Marks alone teach its Bayes (no auto-learning).
- rspamd: its rules and Bayes in a Redis, no network: what asks DNS is off. It refuses to
  learn what its Bayes is 95 % sure of, as shipped. "Add header" and above goes to Spam.
- As shipped, the Bayes of both is silent until 200 messages of each kind are learned. One
  row keeps that, one lowers it to 20."""


def lines(rows: Iterable[Row], results: Results, missing: set[str]) -> Iterator[str]:
    """Return the report, line by line; ``missing`` names what isn't installed."""
    measured = [row for row in rows if row.key in results]
    yield from _figures(measured, results, missing)
    yield from ("", NOTES, "", "### At each filter's own default", "")
    yield from _defaults(measured, results)
    once = [row for row in measured if len(row.seeds) == 1 and row.key in TELLING]
    yield from ("", "### Ours by threshold", "")
    yield from _thresholds(once, results)
    yield from ("", "### What our scores mean", "")
    yield from _calibration(once, results)


TELLING = ("clean", "mixed")


def _figures(rows: Sequence[Row], results: Results, missing: set[str]) -> Iterator[str]:
    yield _line("1-ROCA%", "messages", *NAMES, "bound", "met", "resamples")
    yield "|" + " --- |" * (len(NAMES) + 5)
    for row in rows:
        found = {name: _roca(passes) for name, passes in results[row.key].items()}
        wanted = {peer.name for peer in row.peers} & missing
        cells = [_cell(name, found, wanted) for name in NAMES]
        messages = f"{len(results[row.key]['ours'][0].truth):,}"
        yield _line(row.title, messages, *cells, *_judged(row, results[row.key]))
    if "errors" in results:
        yield _line("marks that were given for errors", "", *_given(results["errors"]))
    if "clean" in results:
        yield from _costs(results["clean"])


def _cell(name: str, found: Mapping[str, float], missing: set[str]) -> str:
    if name in found:
        return f"{found[name]:.3f}"
    return "not installed" if name in missing else ""


def _judged(row: Row, results: Mapping[str, Sequence[Pass]]) -> tuple[str, str, str]:
    if row.bound is None:
        return "", "", ""
    rivals = [results[name] for name in row.bound.rivals if name in results]
    if len(rivals) < len(row.bound.rivals):
        return str(row.bound), "not judged", ""
    best = min(rivals, key=_roca)
    is_met = row.bound.is_met(_roca(results["ours"]), _roca(best))
    share = share_holding(
        row.bound.is_met,
        [p.scores for p in results["ours"]],
        [p.scores for p in best],
        best[0].truth,
        times=RESAMPLES,
    )
    return str(row.bound), "yes" if is_met else "**no**", f"{100 * share:.0f} %"


def _given(results: Mapping[str, Sequence[Pass]]) -> list[str]:
    """Return how many marks each filter got, and empty cells up to the row's end."""
    given = {
        name: sum(
            needs_mark(verdict, is_spam)
            for verdict, is_spam in zip(p.verdicts, p.truth, strict=True)
        )
        for name, (p,) in results.items()
    }
    cells = [f"{given[name]:,}" if name in given else "" for name in NAMES]
    return [*cells, "", "", ""]


def _costs(results: Mapping[str, Sequence[Pass]]) -> Iterator[str]:
    first = {name: passes[0] for name, passes in results.items()}
    cpu = {name: p.cpu_ms for name, p in first.items() if p.cpu_ms is not None}
    size = {
        name: p.model_bytes / 1e6
        for name, p in first.items()
        if p.model_bytes is not None
    }
    yield _cost("score + learn, CPU ms a message", cpu, CPU_MS)
    yield _cost("model, MB", size, MODEL_MB)


def _cost(title: str, found: Mapping[str, float], bound: float) -> str:
    cells = [f"{found[name]:.2f}" if name in found else "" for name in NAMES]
    met = "yes" if found["ours"] <= bound else "**no**"
    return _line(title, "", *cells, f"≤ {bound:g}", met, "")


def _defaults(rows: Sequence[Row], results: Results) -> Iterator[str]:
    yield _line("wanted mail in Spam / spam in the Inbox, %", *NAMES)
    yield "|" + " --- |" * (len(NAMES) + 1)
    for row in rows:
        found = results[row.key]
        cells = [_errors(found[name]) if name in found else "" for name in NAMES]
        yield _line(row.title, *cells)


def _errors(passes: Sequence[Pass]) -> str:
    verdicts = [[v.is_spam for v in p.verdicts] for p in passes]
    truth = passes[0].truth
    ham = mean(ham_error(v, truth) for v in verdicts)
    spam = mean(spam_miss(v, truth) for v in verdicts)
    return f"{ham:.2f} / {spam:.2f}"


def _thresholds(rows: Sequence[Row], results: Results) -> Iterator[str]:
    yield _line("threshold", *(row.title for row in rows))
    yield "|" + " --- |" * (len(rows) + 1)
    for threshold in THRESHOLDS:
        cells = []
        for row in rows:
            ours = results[row.key]["ours"][0]
            verdicts = [score >= threshold for score in ours.scores]
            errors = (f(verdicts, ours.truth) for f in (ham_error, spam_miss))
            cells.append(" / ".join(f"{error:.2f}" for error in errors))
        yield _line(f"{threshold}", *cells)


def _calibration(rows: Sequence[Row], results: Results) -> Iterator[str]:
    yield _line("score", *(row.title for row in rows))
    yield "|" + " --- |" * (len(rows) + 1)
    ours = [results[row.key]["ours"][0] for row in rows]
    columns = [calibration(p.scores, p.truth, edges=EDGES) for p in ours]
    for bands in zip(*columns, strict=True):
        cells = [f"{band.spam:,} of {band.messages:,}" for band in bands]
        yield _line(f"{bands[0].low:g} to {bands[0].high:g}", *cells)


def _roca(passes: Sequence[Pass]) -> float:
    return mean(p.roca for p in passes)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
