"""Next edits: what the user would change after what they just changed. Pure: from a situation to suggestions, and the gate.

past = PastEdits()
past.changed(before, edits, now)  # each didChange
situation = Situation(document, cursor, past.edits, past.undone, diagnostics, others)
found = candidates(situation)  # best first, from the user's own edits
shown = next((each for each in found if refusal(each, situation) is None), None)
"""
