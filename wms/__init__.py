"""What is stored, owed and verified: slots, pallets, boxes, meters and orders."""
