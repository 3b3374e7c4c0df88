"""The addresses that ask no model: what can be asked, what would be chosen, how the gateway is doing."""
