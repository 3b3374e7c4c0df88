"""What the user asks for in words: named context, a look at what would be sent to whom, earlier instructions, what was sent."""
