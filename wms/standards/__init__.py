"""Reference standards of the benches: certificates, correction values, interim checks, and what a bad one recalls."""
