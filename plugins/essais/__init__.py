"""The region's bank of clinical trials (R-208, CDC 2025 §2.5.1): editors keep it, clinicians find a trial and put its reference
in a document they write. There is no national list of trials. Off by default. It holds no clinical data.
"""
