"""Rules as data: versioned, read from outside, checked here.

``personal_data``, ``processing_purposes`` and ``data_subjects`` have the rules that wct
knows, each with the model of its file; ``rules`` and ``documents`` what all share.
"""
