"""A team's gateway, put together of `team/` and `gateway/`."""
