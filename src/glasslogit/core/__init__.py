"""The mathematics: rows (losses), map (blocks), sum (passes), and penalties."""
