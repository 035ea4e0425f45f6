"""What the DMP holds of a patient, searched in the background and proposed; nothing is kept without a gesture."""
