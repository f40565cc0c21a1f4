"""Documents, plates, vehicles, firearms, phones …: whatever an exact key finds.

`keys` hashes identifiers, `segments` keeps sorted rows in files, `index` searches them by key, `partial` by
pattern, `comparing` is the oracle for both.
"""

from allpoints.modalities.identifiers.index import Batch, IdentifierIndex, Memory
from allpoints.modalities.identifiers.keys import Keyring, signed, unsigned
from allpoints.modalities.identifiers.modality import Identifiers, PartlyRead

__all__ = ["Batch", "IdentifierIndex", "Identifiers", "Keyring", "Memory", "PartlyRead", "signed", "unsigned"]
