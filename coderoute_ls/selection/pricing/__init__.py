"""What a call costs: tokens, prices, platform fees."""
