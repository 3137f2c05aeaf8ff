"""The kinds of reports: one small file each, with one ``KIND``; dashboard.reports.build lists them in REPORTS."""
