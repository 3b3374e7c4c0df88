"""What an organisation allows: how policies join, how one is signed, and how a client keeps the last one that it got."""
