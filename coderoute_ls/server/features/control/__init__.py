"""What the menus change: which model does an action, where suggestions are silent and for how long."""
