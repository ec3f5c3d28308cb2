"""What is generated from the code for people to read: the reference, and the copies under config/.

``make docs`` writes it all; tests/system/test_reference_pages.py fails when something is out of date. Nothing
here is part of the product.
"""
