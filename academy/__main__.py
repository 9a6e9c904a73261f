"""`python -m academy`: the command line where no script of it is on the path."""

from academy.app import command_line

command_line(prog_name="academy")
