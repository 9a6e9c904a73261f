"""The run-time: launches, the content origin, commits, and the statements they become."""
