"""What is stored where: slots, pallets, boxes, assets, lots, models and code tables."""
