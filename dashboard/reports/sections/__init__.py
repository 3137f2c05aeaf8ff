"""The sections of reports: one small file each, with one ``SECTION``; the kinds say which of them they carry.

A section is there always. Where its data do not exist it says so (未报, not reported).
"""
