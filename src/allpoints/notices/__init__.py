"""Notices and diffusions: requested, reviewed, published, corrected, suspended, cancelled, expired.

A notice is a record of the bureau that requests it, held back until the secretariat publishes it. From then on every
check finds it within its conditions, and what ends or suspends it reaches every answer as any withdrawal does. Nothing
here takes part in a check: the record itself carries the notice's mark.

`announcing` takes them in and corrects them, `reviewing` is the secretariat's side and the end, `reading` shows them,
`expiring` is the housekeeper's.
"""
