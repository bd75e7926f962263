"""Where other services report to us: signed, and by POST alone."""
