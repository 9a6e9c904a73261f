"""Pages of those who keep the installation: how it is, its jobs, and the record of acts."""
