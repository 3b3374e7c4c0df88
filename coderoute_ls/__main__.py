"""``python -m coderoute_ls``."""

from coderoute_ls.cli import main

raise SystemExit(main())
