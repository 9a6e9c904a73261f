"""Certificates: issued once per completion by a job, frozen as a PDF, verified in public by serial number.

Rank: above progress, below reports.
"""
