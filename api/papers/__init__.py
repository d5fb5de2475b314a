"""What is printed: certificates and notices of result, and the report of a lot, in Chinese or English."""
