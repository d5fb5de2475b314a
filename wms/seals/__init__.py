"""The ledger of seals: ranges received, rolls loaded into cells, and every single seal used, damaged or void."""
