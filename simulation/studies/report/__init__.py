"""The report of a study: one HTML file that needs nothing else, and one Excel workbook.

Words come from whoever writes the report (`words.Words`): the catalogues stand in the face, above this package.
"""
