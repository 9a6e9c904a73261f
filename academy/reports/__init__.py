"""Reports: who completed what, within the reader's scope, on the page and as CSV and XLSX.

Rank: the highest room under `app`.
"""
