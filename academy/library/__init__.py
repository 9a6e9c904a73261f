"""Two linked libraries: documents of the policy dialogue, and outputs of the Migration Observatory.

Rank: beside courses.
"""
