"""Files as suppliers send them, read into one kind of table; every module here blocks and runs in a worker process."""
