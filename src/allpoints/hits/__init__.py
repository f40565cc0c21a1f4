"""From a candidate to a hit: links between bureaus' records, and who is told of what."""
