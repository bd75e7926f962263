"""What runs by the clock: ``manage.py rqcron wagtail_ecp.jobs.cron``.

Every job may run twice, so two of these processes do no harm.
"""

from rq.cron import register

from wagtail_ecp.jobs.alerts import remove_old_alerts
from wagtail_ecp.jobs.announcements import fetch_announcements
from wagtail_ecp.jobs.billing_reports import catch_up
from wagtail_ecp.jobs.bulk import remove_old_bulk_changes
from wagtail_ecp.jobs.contacts import remove_old_merges
from wagtail_ecp.jobs.export import remove_old_exports
from wagtail_ecp.jobs.invoices import issue_invoices
from wagtail_ecp.jobs.presence import remove_old_presences
from wagtail_ecp.jobs.recount import recount_all
from wagtail_ecp.jobs.send import remove_old_drafts
from wagtail_ecp.jobs.spam import purge_spam, score_backlog
from wagtail_ecp.jobs.sweep import remove_unused_blobs, sweep, visit_sources
from wagtail_ecp.queue import BACKGROUND

MINUTE = 60

for job, timing in (
    (sweep, {"interval": MINUTE}),
    (visit_sources, {"interval": MINUTE}),
    (remove_unused_blobs, {"cron": "17 3 * * *"}),
    (remove_old_exports, {"cron": "23 3 * * *"}),
    (remove_old_bulk_changes, {"cron": "37 3 * * *"}),
    (purge_spam, {"cron": "47 3 * * *"}),
    (score_backlog, {"cron": "53 3 * * *"}),
    (remove_old_alerts, {"cron": "29 3 * * *"}),
    (remove_old_drafts, {"cron": "37 3 * * *"}),
    (remove_old_merges, {"cron": "41 3 * * *"}),
    (recount_all, {"cron": "37 3 * * *"}),
    (remove_old_presences, {"cron": "31 3 * * *"}),
    (fetch_announcements, {"cron": "7 * * * *"}),
    (issue_invoices, {"cron": "43 2 * * *"}),
    (catch_up, {"cron": "11 * * * *"}),
):
    register(job, queue_name=BACKGROUND, result_ttl=0, failure_ttl=3600, **timing)
