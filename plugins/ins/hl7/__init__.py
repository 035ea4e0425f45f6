"""Identity flows in HL7 v2 (PAM.fr), over MLLP or from a file."""
