"""Operation: logs, measurements and what the process says of its health. Knows nothing of ours."""
