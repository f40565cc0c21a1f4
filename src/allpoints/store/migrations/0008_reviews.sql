-- Owners ask which of their records they have to review by a day, among however many they hold.

SET search_path = allpoints;

CREATE INDEX records_to_review ON records (owner, review_by) WHERE state = 'active';
