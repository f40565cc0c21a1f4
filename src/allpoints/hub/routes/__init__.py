"""The API's routes, by subject. Each reads the request, walks the corridor and writes the answer; none decides."""
