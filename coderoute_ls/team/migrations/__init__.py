"""The steps from an empty database to today's tables: ``NNNN_what.sql``. Never change one that was released: add the next."""
