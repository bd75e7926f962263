"""The comparison of spam filters runs, on a few mails that the test makes."""

import random
import tarfile

import pytest

from benchmarks.spam import table
from benchmarks.spam.__main__ import main
from benchmarks.spam.bogofilter import BOGOFILTER
from benchmarks.spam.filters import Verdict
from benchmarks.spam.passes import Pass, passes
from benchmarks.spam.rows import ROWS, Bound
from benchmarks.spam.rspamd import rspamd
from benchmarks.spam.spamassassin import spamassassin
from benchmarks.spam.streams import Mail, MissingSetError, Sets, flipped
from benchmarks.spam.teaching import DELAY, at_once, late, on_errors
from tests.benchmarks.spam_sets import a_message, write_sets


class Pupil:
    """Notes what it is taught and calls nothing spam."""

    def __init__(self, *, is_unsure=False):
        self.is_unsure = is_unsure
        self.learned = []
        self.seen = 0

    def judge(self, raw):
        self.seen += 1
        return Verdict(50, is_spam=False, is_unsure=self.is_unsure)

    def learn(self, raw, *, is_spam):
        self.learned.append((self.seen, raw, is_spam))

    def cpu_seconds(self):
        return None

    def model_bytes(self):
        return None


def a_stream(length=150):
    dice = random.Random(7)  # noqa: S311
    labels = [number % 2 == 0 for number in range(length)]
    return [Mail(a_message(dice, is_spam=label), label) for label in labels]


def test_the_sets_are_read_in_the_order_of_their_index(tmp_path):
    folder = write_sets(tmp_path)

    stream = Sets(folder).spamassassin_part()

    assert len(stream) == 120
    assert [mail.is_spam for mail in stream[:4]] == [False, True, True, False]
    assert Sets(folder).every_third() == stream[::3]
    assert Sets(folder, is_quick=True).spamassassin_part() == stream[::10]


def test_a_packed_set_is_the_same_as_its_folder(tmp_path):
    folder = write_sets(tmp_path / "open")
    packed = tmp_path / "packed" / "spam"
    packed.mkdir(parents=True)
    for name in ("spamassassin-part", "list-ham", "recent-spam"):
        with tarfile.open(packed / f"{name}.tar.xz", "w:xz") as tar:
            tar.add(folder / name, arcname=name)

    assert Sets(packed.parent).spamassassin_part() == Sets(folder).spamassassin_part()
    assert Sets(packed.parent).list_and_recent() == Sets(folder).list_and_recent()


def test_a_missing_set_is_named(tmp_path):
    with pytest.raises(MissingSetError, match="No spamassassin-part in"):
        Sets(tmp_path).spamassassin_part()


def test_a_seed_turns_the_same_marks_round_every_time():
    stream = a_stream(200)

    marks = flipped(stream, share=0.05, seed=3)

    wrong = [mail.is_spam != mark for mail, mark in zip(stream, marks, strict=True)]
    assert sum(wrong) == 10
    assert marks == flipped(stream, share=0.05, seed=3)
    assert marks != flipped(stream, share=0.05, seed=4)


def test_marks_come_at_once_late_or_for_errors_only():
    stream = a_stream()
    marks = [mail.is_spam for mail in stream]
    prompt, slow, sparing, asking = Pupil(), Pupil(), Pupil(), Pupil(is_unsure=True)

    at_once(prompt, stream, marks)
    late(slow, stream, marks)
    on_errors(sparing, stream, marks)
    on_errors(asking, stream, marks)

    assert [seen for seen, *_ in prompt.learned] == list(range(1, 151))
    assert slow.learned[0] == (DELAY + 1, stream[0].raw, True)
    assert len(slow.learned) == 150 - DELAY
    assert {is_spam for *_, is_spam in sparing.learned} == {True}
    assert len(sparing.learned) == 75
    assert len(asking.learned) == 150


def test_better_excludes_equal_and_a_factor_includes_it():
    assert not Bound(1, ("bogofilter",)).is_met(0.3, 0.3)
    assert Bound(0.5, ("SpamAssassin", "rspamd")).is_met(0.5, 1.0)
    assert not Bound(0.5, ("SpamAssassin", "rspamd")).is_met(0.51, 1.0)


def test_the_quick_run_prints_every_table_without_any_peer(tmp_path, capsys):
    main([str(write_sets(tmp_path)), "--quick", "--alone"])

    output = capsys.readouterr()
    assert "A tenth of the mail: these are no figures." in output.out
    for row in ROWS:
        assert f"| {row.title} |" in output.out
    assert "| not installed |" in output.out
    assert "| model, MB |" in output.out
    assert "clean, ours: 12 of 12" in output.err


def test_one_row_may_be_asked_for(tmp_path, capsys):
    main([str(write_sets(tmp_path)), "--alone", "--only", "mixed"])

    output = capsys.readouterr().out
    assert "| list-ham and recent-spam, shuffled | 100 |" in output
    assert "every third" not in output


def test_without_a_folder_it_says_what_is_needed(monkeypatch):
    monkeypatch.delenv("ECP_CORPORA", raising=False)

    with pytest.raises(SystemExit, match="set ECP_CORPORA"):
        main([])


def test_a_bound_that_is_missed_is_said_so():
    truth = [False, True] * 10
    good = Pass([Verdict(float(label), label) for label in truth], truth, 1.0, 10)
    bad = Pass([Verdict(0.0, is_spam=False)] * 20, truth, 9.0, 9_000_000)
    clean = ROWS[0]

    met = "\n".join(
        table.lines([clean], {"clean": {"ours": [good], "bogofilter": [bad]}}, set())
    )
    missed = "\n".join(
        table.lines([clean], {"clean": {"ours": [bad], "bogofilter": [good]}}, set())
    )

    first = "| every mark right | 20 |"
    assert f"{first} 0.000 | 50.000 |  |  | ≤ 0.65 x bogofilter | yes | 100 % |" in met
    assert f"{first} 50.000 | 0.000 |  |  | ≤ 0.65 x bogofilter | **no** | 0 % |" in (
        missed
    )
    assert "| 9.00 | 1.00 |  |  | ≤ 1.5 | **no** |" in missed


@pytest.mark.slow
@pytest.mark.bogofilter
def test_the_real_bogofilter_learns_and_is_weighed():
    stream = a_stream(60)

    (result,) = passes(BOGOFILTER, ROWS[0], stream)

    assert result.verdicts[0].is_unsure
    assert result.scores[-2] > 0.9
    assert result.scores[-1] < 0.1
    assert result.roca < 10
    assert result.cpu_ms is not None
    assert result.cpu_ms > 0
    assert result.model_bytes is not None
    assert result.model_bytes > 4096


@pytest.mark.slow
@pytest.mark.parametrize(
    "peer",
    [
        pytest.param(spamassassin(5), marks=pytest.mark.spamassassin),
        pytest.param(rspamd(5), marks=[pytest.mark.rspamd, pytest.mark.redis]),
    ],
    ids=["SpamAssassin", "rspamd"],
)
def test_the_bayes_of_a_real_peer_learns_from_marks_alone(peer):
    stream = a_stream(60)

    (result,) = passes(peer, ROWS[0], stream)

    spam, ham = result.scores[::2], result.scores[1::2]
    assert spam[-1] - ham[-1] > spam[0] - ham[0] + 2
