"""The API in process: answers, collections, jobs, and whatever its description allows."""
